"""Where a person signs out of their company's identity provider, kept with the session."""

from uuid import UUID

from app.encryption import CannotOpen, decrypt, encrypt, read_secret
from app.settings import Settings


def _purpose(user: UUID) -> bytes:
    return b"provider-exit:" + user.bytes


def encrypt_exit(settings: Settings, user: UUID, address: str) -> bytes:
    """Return the address as it rests: it names the person, and opens for them only."""
    return encrypt(read_secret(settings.secret_file), _purpose(user), address.encode())


def open_exit(settings: Settings, user: UUID, box: bytes | None) -> str | None:
    """Return the address; None if there is none, or the portal's secret is another one by now."""
    if box is None:
        return None
    try:
        return decrypt(read_secret(settings.secret_file), _purpose(user), box).decode()
    except CannotOpen:
        return None
