"""Throwing away what has had its time: sessions, confirmations, forms, links, reasons, files."""

from datetime import timedelta

from app import clock
from app.accounts.throttling import sweep_throttle
from app.api.services import forget_calls
from app.background.task import Task, repeat
from app.database import fetch
from app.imports.upload_services import sweep_imports
from app.mail.services import forget_old_mails, wipe_dead_letters
from app.provisioning import token_services as provisioning
from app.quotes.answer_services import delete_spare_answers
from app.reminders.event_services import forget_end_dates
from app.resources.services import delete_withdrawn_files
from app.resources.upload_services import discard_old_uploads
from app.service_accounts.services import forget_unshown
from app.settings import Settings
from app.single_sign_on.log_out_services import forget_log_outs
from app.storage import Storage, open_storage
from app.webhooks.emission_services import forget_old_deliveries
from app.webhooks.secret_services import forget_secrets
from app.withdrawal.services import wipe_notes

# Some expired rows stay a while: an ended session shows whose form to park, and an expired
# link shows that it has expired.
KEPT = timedelta(days=7)
STAYING = (
    ("session", "expires_at"),
    ("password_reset", "expires_at"),
    ("email_change", "expires_at"),
)
# Nothing can use these rows once they have expired.
USELESS = (
    ("confirmation", "expires_at", timedelta(0)),
    ("parked_form", "expires_at", timedelta(0)),
    ("registration", "expires_at", timedelta(0)),
    ("pending_sign_in", "expires_at", timedelta(0)),
    ("passkey_challenge", "expires_at", timedelta(0)),
    ("authenticator_app", "expires_at", timedelta(0)),
    ("single_sign_on_attempt", "expires_at", timedelta(0)),
)


async def sweep(storage: Storage) -> None:
    """Delete rows that have expired, and files that nothing refers to."""
    now = clock.now()
    for table, column, kept in (*USELESS, *((table, column, KEPT) for table, column in STAYING)):
        await fetch(
            f"delete from {table} where {column} < $1",  # noqa: S608 - fixed names
            now - kept,
        )
    await sweep_throttle()
    await _sweep_void()
    await forget_unshown()
    await provisioning.forget_unshown()
    await forget_calls()
    await forget_log_outs()
    await wipe_dead_letters()
    await forget_old_mails()
    await forget_secrets()
    await forget_old_deliveries()
    await forget_end_dates()
    await wipe_notes()
    await discard_old_uploads(storage)
    await sweep_imports(storage)
    await delete_withdrawn_files(storage)
    await delete_spare_answers(storage)


async def _sweep_void() -> None:
    """Delete what an earlier generation of a person's credentials left, and nothing reads.

    An ended session still shows whose form to keep, and a link to set a password still counts
    against the number that a person is mailed in an hour: both go when they have expired.
    """
    for table in ("device", "pending_sign_in", "passkey_challenge", "email_change"):
        await fetch(
            f"delete from {table} t using portal_user u"  # noqa: S608 - fixed names
            ' where u.id = t."user" and t.generation <> u.credential_generation'
        )


async def _sweep(settings: Settings) -> bool:
    await sweep(open_storage(settings))
    return False


SWEEPING = Task("sweeping", repeat(_sweep), pause_seconds=3600.0, in_every_server=True)
