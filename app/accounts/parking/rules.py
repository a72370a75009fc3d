"""How kept forms rest."""

from app.encryption import CannotOpen, decrypt, encrypt

PURPOSE = b"parked-form"


def encrypt_form(secret: bytes, body: bytes) -> bytes:
    """A form's body as it rests."""
    return encrypt(secret, PURPOSE, body)


def open_form(secret: bytes, box: bytes) -> bytes | None:
    """The body that was encrypted; None if the portal's secret is another one by now."""
    try:
        return decrypt(secret, PURPOSE, box)
    except CannotOpen:
        return None
