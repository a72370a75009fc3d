"""Telling people by mail that their second factors changed."""

from enum import Enum

from app import clock
from app.accounts import queries
from app.accounts.rules import Viewer
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings


class Change(Enum):
    """What a mail about second factors is about."""

    APP = "app"
    PASSKEY = "passkey"
    REMOVAL = "removal"
    CODES = "recovery-codes"


async def tell_change(settings: Settings, viewer: Viewer, change: Change) -> None:
    """Write the mail, in the unit of work of the change: no factor can change unnoticed."""
    account = await queries.find_account(viewer.id)
    await enqueue(
        settings,
        "second-factor-changed",
        Recipient(account.email, account.name, account.language),
        about=viewer.id,
        change=change.value,
        at=clock.now(),
    )
