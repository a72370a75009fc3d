"""How kept forms rest."""

from app.sealing import CannotOpen, seal, unseal

PURPOSE = b"parked-form"


def seal_form(secret: bytes, body: bytes) -> bytes:
    """A form's body as it rests."""
    return seal(secret, PURPOSE, body)


def open_form(secret: bytes, box: bytes) -> bytes | None:
    """The body that was sealed; None where the portal's secret is another one by now."""
    try:
        return unseal(secret, PURPOSE, box)
    except CannotOpen:
        return None
