"""What the portal does by itself, beside delivering mails: in the server, or in `portal worker`.

A chore is a step that does a little in one transaction and leaves in its own tables how far it is.
So any number of processes may do it at once, and one that is killed leaves nothing half done.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from app.endings.reminder_services import send_reminders
from app.imports.services import invite_imported
from app.imports.work_services import work_on_imports
from app.mail.worker import running
from app.monitoring.services import note_done, note_failure
from app.notices.mailing_services import mail_notices
from app.settings import Settings
from app.web.errors import unavailable_errors

# Monitoring wants to know that chores are still done; not each time.
NOTED_EVERY_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Chore:
    """Something to do again and again.

    Attributes:
        step: does a little; answers whether there may be more to do at once.
        pause_seconds: how long to wait where there is not.
    """

    name: str
    step: Callable[[Settings], Awaitable[bool]]
    pause_seconds: float


CHORES = (
    Chore("notice-mails", mail_notices, 2.0),
    Chore("imports", work_on_imports, 2.0),
    Chore("imported-people", invite_imported, 5.0),
    Chore("reminders", send_reminders, 600.0),
)


async def do_chores(settings: Settings, stop: asyncio.Event) -> None:
    """Do all chores side by side until told to stop; steps at hand are finished."""
    await asyncio.gather(*(_repeat(chore, settings, stop) for chore in CHORES))


async def _repeat(chore: Chore, settings: Settings, stop: asyncio.Event) -> None:
    noted = -NOTED_EVERY_SECONDS
    while not stop.is_set():
        try:
            if await chore.step(settings):
                continue
            if time.monotonic() - noted >= NOTED_EVERY_SECONDS:
                await note_done(chore.name)
                noted = time.monotonic()
        except unavailable_errors as error:
            log.warning("chore-interrupted", chore=chore.name, error=type(error).__name__)
        except Exception as error:
            # The next round may do better; other chores must not stop for this one.
            log.error("defect", chore=chore.name, exc_info=error)
            with contextlib.suppress(*unavailable_errors):
                await note_failure(chore.name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), chore.pause_seconds)


@asynccontextmanager
async def doing_chores(settings: Settings) -> AsyncIterator[None]:
    """Do chores while the block runs, where the settings leave mails to the servers."""
    if not settings.delivers_mail:
        yield
        return
    async with running(lambda stop: do_chores(settings, stop)):
        yield
