"""Throwing away what has had its time: sessions, confirmations, forms, links, reasons, files."""

import asyncio
from datetime import timedelta

import structlog

from app import clock
from app.accounts.throttling import sweep_throttle
from app.database import fetch
from app.imports.upload_services import sweep_imports
from app.mail.services import wipe_dead_letters
from app.quotes.answer_services import delete_spare_answers
from app.resources.services import delete_withdrawn_files
from app.resources.upload_services import discard_old_uploads
from app.storage import Storage
from app.web.errors import unavailable_errors
from app.withdrawal.services import wipe_notes

EVERY_SECONDS = 3600.0
# Expired rows stay a while: an expired session tells whose form to park, and a done confirmation
# still answers a late repeat.
KEPT = timedelta(days=7)

log = structlog.get_logger()


async def sweep(storage: Storage) -> None:
    """Delete what expired more than KEPT ago, and files that nobody wants any more."""
    before = clock.now() - KEPT
    for table, column in (
        ("session", "expires_at"),
        ("confirmation", "expires_at"),
        ("parked_form", "expires_at"),
        ("password_reset", "expires_at"),
        ("registration", "expires_at"),
        ("email_change", "expires_at"),
        ("pending_sign_in", "expires_at"),
        ("passkey_challenge", "expires_at"),
        ("authenticator_app", "expires_at"),
    ):
        await fetch(f"delete from {table} where {column} < $1", before)  # noqa: S608 - fixed names
    await sweep_throttle()
    await wipe_dead_letters()
    await wipe_notes()
    await discard_old_uploads(storage)
    await sweep_imports(storage)
    await delete_withdrawn_files(storage)
    await delete_spare_answers(storage)


async def sweep_forever(storage: Storage) -> None:
    """Sweep now and every hour; a database that is away is tried again the next time."""
    while True:
        try:
            await sweep(storage)
        except unavailable_errors as error:
            log.warning("sweep-failed", error=type(error).__name__)
        except Exception as error:
            # A defect, but what expires tomorrow is thrown away all the same.
            log.error("defect", exc_info=error)
        await asyncio.sleep(EVERY_SECONDS)
