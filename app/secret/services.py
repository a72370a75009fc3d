"""Whether the secret file is the one that the database's content is encrypted with.

Anything that is encrypted with another secret can no longer be read, and nothing says so before
a person needs it. So no process starts with another secret, or makes one for a database in use.
"""

import asyncio
from pathlib import Path

from app import clock
from app.audit.services import record
from app.database import fetch_value, unit_of_work
from app.encryption import SECRET_BYTES, derive, make_secret
from app.secret.tables import SecretFingerprint
from app.settings import Settings

PURPOSE = b"fingerprint of the secret"


class WrongSecret(Exception):
    """The secret file is missing, or belongs to another database. The message says what to do."""


def fingerprint_of(secret: bytes) -> str:
    """Return what tells a secret from others, and reveals nothing of it."""
    return derive(secret, PURPOSE).hex()[:32]


async def know_secret(settings: Settings) -> None:
    """Compare the secret file with the database; make the file for a database without content.

    Raises:
        WrongSecret: the file is missing, is too short, or has another secret.
    """
    file = settings.secret_file
    noted = await find_fingerprint()
    if noted is None and not await _has_content():
        await asyncio.to_thread(make_secret, file)
    found = await asyncio.to_thread(read_fingerprint, file)
    if noted is None:
        # Another process may be first.
        row = SecretFingerprint(fingerprint=found, noted_at=clock.now())
        await SecretFingerprint.insert(row).on_conflict(action="DO NOTHING")
        noted = await find_fingerprint()
    if found != noted:
        raise WrongSecret(
            f"{file} is not the secret file that this database was used with. Restore the earlier"
            " file. If it is lost, run `portal renew-secret`."
        )


async def renew_secret(settings: Settings) -> None:
    """Accept the secret file from now on, or make one: the former is lost.

    Raises:
        WrongSecret: the file is too short.
    """
    await asyncio.to_thread(make_secret, settings.secret_file)
    found = await asyncio.to_thread(read_fingerprint, settings.secret_file)
    async with unit_of_work():
        await SecretFingerprint.delete(force=True)
        await SecretFingerprint.insert(SecretFingerprint(fingerprint=found, noted_at=clock.now()))
        await record("secret-renewal", actor=None)


def read_fingerprint(file: Path) -> str:
    """Return the fingerprint of the secret in a file.

    Raises:
        WrongSecret: there is none, or it is too short.
    """
    try:
        secret = file.read_bytes()
    except FileNotFoundError:
        raise WrongSecret(
            f"The secret file {file} is missing, and the database holds things that are encrypted"
            " with it. Restore it. If it is lost, run `portal renew-secret`."
        ) from None
    if len(secret) < SECRET_BYTES:
        raise WrongSecret(
            f"{file} is too short to be the portal's secret file. Restore the correct file."
        )
    return fingerprint_of(secret)


async def find_fingerprint() -> str | None:
    """Return the fingerprint of the secret that the database was used with."""
    found: str | None = await fetch_value("select fingerprint from secret_fingerprint")
    return found


async def _has_content() -> bool:
    """Return whether anything was made with a secret: a portal in use has signed heads or mails."""
    return bool(
        await fetch_value("select exists (select 1 from audit_head) or exists (select 1 from mail)")
    )
