"""Delivering what lies in the outbox."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from app import clock
from app.database import Record
from app.encryption import CannotOpen
from app.mail.couriers import Courier, NotDelivered, make_courier
from app.mail.rules import Reason, after_failure
from app.mail.services import (
    claim,
    open_content,
    postpone,
    settle_failed,
    settle_sent,
)
from app.settings import Settings

# Longer than any delivery may take, so that two workers never carry the same mail.
LEASE = timedelta(seconds=120)
COURIERS = 4

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

    async def step(self) -> bool:
        """Deliver a batch; answer whether there may be more to deliver at once."""
        if await self.deliver_batch():
            return True
        await self.rest()
        return False

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
        await self.rest()
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

    async def rest(self) -> None:
        """Let the couriers close their connections until the next mail."""
        for courier in self._couriers:
            await courier.rest()
