"""退会する, and erasing people again after an older backup was restored."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from app import clock
from app.accounts.generation_services import hold_account
from app.accounts.rules import Viewer
from app.audit.services import record
from app.database import Gone, unit_of_work, uuid7
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings
from app.withdrawal.erasure_services import ErasureRefused, Files, erase, hold
from app.withdrawal.queries import find_leaving
from app.withdrawal.rules import FAREWELL_LASTS, NOTE_KEPT, Reason, without
from app.withdrawal.tables import Withdrawal

# What the database refuses for every writer; see the migrations.
KEPT_RULES = {"contract_keeps_an_owner", "portal_keeps_an_administrator"}
# Locks are taken in one order; a deadlock needs a person who joins a contract at this very moment.
TRIES = 3


async def withdraw(settings: Settings, viewer: Viewer, reason: Reason | None, note: str) -> None:
    """Erase the person, and say farewell by mail. All of it happens, or nothing.

    Args:
        reason: what they chose.
        note: what they wrote, of any number of lines.

    Raises:
        ErasureRefused: a running contract, or the portal, would be left without anybody.
        Gone: they withdrew already.
        CredentialsChanged: the password they entered is no longer theirs.
    """
    for left in reversed(range(TRIES)):
        try:
            files, farewell = await _withdraw(settings, viewer, reason, note)
            break
        except asyncpg.DeadlockDetectedError:
            if not left:
                raise
        except asyncpg.CheckViolationError as error:
            if error.constraint_name not in KEPT_RULES:
                raise
            raise ErasureRefused(await find_leaving(viewer.id)) from None
    await files.delete(settings, keep=farewell)


async def _withdraw(
    settings: Settings, viewer: Viewer, reason: Reason | None, note: str
) -> tuple[Files, UUID]:
    now = clock.now()
    async with unit_of_work():
        held = await hold(viewer.id)
        await hold_account(viewer.id, viewer.generation)
        files = await erase(
            held,
            id=viewer.session,
            reason=reason,
            note=without(note, held.words),
            at=now,
            actor=viewer.id,
        )
        account = held.account
        farewell = await enqueue(
            settings,
            "farewell",
            Recipient(account.email, account.name, account.language),
            about=viewer.session,
            valid_until=now + FAREWELL_LASTS,
            at=now,
        )
    return files, farewell


async def replay(settings: Settings, erasures: Sequence[tuple[UUID, datetime]]) -> list[UUID]:
    """Erase people again whom a restored backup brought back; send no mails.

    Args:
        erasures: user id and time, as `list_erasures` gave them.

    Returns:
        Ids of those who could not be erased: they are the last owner or administrator now.
    """
    refused = []
    for user, at in erasures:
        try:
            await _replay(settings, user, at)
        except (ErasureRefused, asyncpg.CheckViolationError):
            refused.append(user)
    return refused


async def _replay(settings: Settings, user: UUID, at: datetime) -> None:
    try:
        async with unit_of_work():
            held = await hold(user)
            files = await erase(held, id=uuid7(), reason=None, note="", at=at, actor=None)
    except Gone:
        return
    await files.delete(settings)


async def note_download(viewer: Viewer) -> None:
    """Record that the person took their own data away."""
    async with unit_of_work():
        await record("own-data-download", actor=viewer.id, subject=viewer.id)


async def wipe_notes() -> None:
    """Wipe what people wrote when they left, once it is NOTE_KEPT old."""
    await Withdrawal.update({Withdrawal.note: ""}).where(
        (Withdrawal.note != "") & (Withdrawal.at < clock.now() - NOTE_KEPT)
    )
