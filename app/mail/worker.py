"""Delivering what lies in the outbox, in the server's processes or in one of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from app import clock
from app.database import Record
from app.mail.couriers import Courier, NotDelivered, make_courier
from app.mail.rules import Reason, after_failure
from app.mail.services import (
    claim,
    open_content,
    postpone,
    settle_failed,
    settle_sent,
)
from app.sealing import CannotOpen
from app.settings import Settings
from app.web.errors import unavailable_errors

# Longer than any delivery may take, so that two workers never carry the same mail.
LEASE = timedelta(seconds=120)
# The outbox is looked at; LISTEN would need a connection of its own per process, which poolers
# between the portal and its database do not pass on.
POLL_SECONDS = 1.0
COURIERS = 4
FINISH_SECONDS = 10.0

log = structlog.get_logger()


class Deliveries:
    """Takes due mails from the outbox and has them carried away. Any number may run at once.

    Args:
        couriers: each carries one mail at a time; those of the settings unless given.
        lease: after this time a mail that was taken and not settled is taken again.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        couriers: Sequence[Courier] = (),
        lease: timedelta = LEASE,
    ) -> None:
        self._settings, self._lease = settings, lease
        self._couriers = couriers or [make_courier(settings) for _ in range(COURIERS)]

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; a batch that is on its way is finished first."""
        while not stop.is_set():
            try:
                if await self.deliver_batch():
                    continue
                await self._rest()
            except unavailable_errors as error:
                log.warning("mail-delivery-interrupted", error=type(error).__name__)
            except Exception as error:
                # The mails at hand come due again; the others must not wait for ever.
                log.error("defect", exc_info=error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
        await self._rest()

    async def deliver_batch(self) -> int:
        """Deliver as many due mails as there are couriers; how many there were."""
        mails = await claim(len(self._couriers), self._lease)
        pairs = zip(self._couriers, mails, strict=False)
        outcomes = await asyncio.gather(
            *(self._deliver(courier, mail) for courier, mail in pairs), return_exceptions=True
        )
        # Only now, since a courier must be back before it is sent out again.
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return len(mails)

    async def deliver_all(self) -> int:
        """Deliver until nothing is due; how many deliveries were tried."""
        tried = 0
        while batch := await self.deliver_batch():
            tried += batch
        await self._rest()
        return tried

    async def _deliver(self, courier: Courier, mail: Record) -> None:
        if mail["valid_until"] is not None and mail["valid_until"] <= clock.now():
            await self._give_up(mail, Reason.EXPIRED, "", mail["failures"])
            return
        try:
            message = open_content(self._settings, mail)
        except CannotOpen:
            await self._give_up(mail, Reason.UNREADABLE, "", mail["failures"])
            return
        try:
            answer = await courier.deliver(mail["id"], message)
        except NotDelivered as failure:
            await self._note_failure(mail, failure)
            return
        kept = await settle_sent(mail, answer)
        log.info("mail-sent", mail=str(mail["id"]), template=mail["template"], in_time=kept)

    async def _note_failure(self, mail: Record, failure: NotDelivered) -> None:
        failures = mail["failures"] + 1
        then = after_failure(
            failures, lasting=failure.lasting, valid_until=mail["valid_until"], now=clock.now()
        )
        if isinstance(then, Reason):
            await self._give_up(mail, then, failure.words, failures)
            return
        await postpone(mail, then, failure.words, failures)
        log.warning("mail-postponed", mail=str(mail["id"]), failures=failures)

    async def _give_up(self, mail: Record, reason: Reason, words: str, failures: int) -> None:
        await settle_failed(mail, reason, words, failures)
        log.error("mail-failed", mail=str(mail["id"]), template=mail["template"], reason=reason)

    async def _rest(self) -> None:
        for courier in self._couriers:
            await courier.rest()


@asynccontextmanager
async def running(work: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    """Have something work while the block runs; then it is told, and may finish what it began."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(work(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=FINISH_SECONDS)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def delivering(settings: Settings) -> AsyncIterator[None]:
    """Deliver mails while the block runs, where the settings say that servers do."""
    if not settings.delivers_mail:
        yield
        return
    async with running(Deliveries(settings).run):
        yield
