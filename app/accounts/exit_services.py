"""What a company's identity provider left with a session: the way out, and what asks it later."""

from uuid import UUID

from app.encryption import encrypt, read_secret, read_text
from app.settings import Settings

EXIT, GRANT = b"provider-exit:", b"provider-grant:"


def encrypt_exit(settings: Settings, user: UUID, address: str) -> bytes:
    """Return the address as it rests: it names the person, and opens for them only."""
    return _encrypt(settings, EXIT + user.bytes, address)


def open_exit(settings: Settings, user: UUID, box: bytes | None) -> str | None:
    """Return the address; None if there is none, or the portal's secret is another one by now."""
    return _open(settings, EXIT + user.bytes, box)


def encrypt_grant(settings: Settings, user: UUID, token: str) -> bytes:
    """Return a refresh token as it rests: it opens for its person only."""
    return _encrypt(settings, GRANT + user.bytes, token)


def open_grant(settings: Settings, user: UUID, box: bytes | None) -> str | None:
    """Return the refresh token; None if there is none, or the secret is another one by now."""
    return _open(settings, GRANT + user.bytes, box)


def _encrypt(settings: Settings, purpose: bytes, text: str) -> bytes:
    return encrypt(read_secret(settings.secret_file), purpose, text.encode())


def _open(settings: Settings, purpose: bytes, box: bytes | None) -> str | None:
    return read_text(settings.secret_file, purpose, box) if box else None
