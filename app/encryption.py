"""Encrypting what rests in the database and must not be read there."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The box was encrypted under another secret or for another purpose, or it was changed."""


def read_secret(file: Path) -> bytes:
    """Return the portal's secret; all processes of a portal share the file.

    Raises:
        OSError: it cannot be read. No other is made for it: see app/secret.
    """
    return file.read_bytes()


def make_secret(file: Path) -> None:
    """Make the portal's secret if there is none.

    Several processes may start at once: the file appears whole, and the first one stays.
    """
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_bytes(SECRET_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()


def derive(secret: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose alone (HKDF, RFC 5869); they reveal nothing about the secret.

    Raises:
        ValueError: the secret is too short to be one.
    """
    if len(secret) < SECRET_BYTES:
        raise ValueError("the portal's secret is too short")
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret)


def _cipher(secret: bytes, purpose: bytes) -> AESGCM:
    return AESGCM(derive(secret, purpose))


def encrypt(secret: bytes, purpose: bytes, content: bytes) -> bytes:
    """Encrypt with AES-256-GCM under a key for one purpose: nonce, then ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(secret, purpose).encrypt(nonce, content, purpose)


def decrypt(secret: bytes, purpose: bytes, box: bytes) -> bytes:
    """Return what `encrypt` was given.

    Raises:
        CannotOpen: it cannot be opened.
    """
    try:
        return _cipher(secret, purpose).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], purpose)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def read_text(file: Path, purpose: bytes, box: bytes) -> str | None:
    """Return an encrypted text; None where the portal's secret in `file` is another one by now."""
    try:
        return decrypt(read_secret(file), purpose, box).decode()
    except CannotOpen:
        return None


def opens(secret: bytes, purpose: bytes, box: bytes) -> bool:
    """Whether what `encrypt` returned can be opened under a secret."""
    try:
        decrypt(secret, purpose, box)
    except CannotOpen:
        return False
    return True
