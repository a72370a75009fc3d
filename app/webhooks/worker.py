"""Delivering what is due, by several couriers at once."""

import asyncio
import contextlib
import time
from datetime import timedelta

import structlog

from app import clock
from app.encryption import CannotOpen
from app.settings import Settings
from app.shipped import shipped_version
from app.webhooks.address_rules import Target, target_of
from app.webhooks.courier import Outcome, WebhookCourier
from app.webhooks.delivery_services import (
    LEASE,
    Claimed,
    Due,
    claim,
    due_deliveries,
    release,
    settle,
    still_claimed,
)
from app.webhooks.rules import ABOUT_RECEIVER, Problem
from app.webhooks.secret_services import SECRET, URL, read_box
from app.webhooks.signature_rules import signature

COURIERS = 8
# A step ends soon, so that the process can end; the next step continues.
STEP_SECONDS = 5.0

log = structlog.get_logger()


class WebhookDeliveries:
    """Takes endpoints for which something is due, one for each courier. Any number may run at once.

    Args:
        courier: the one of the settings unless given.
        lease: after this time an endpoint that was taken and not given back is taken again.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        courier: WebhookCourier | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self._settings, self._lease = settings, lease
        self._courier = courier or WebhookCourier(settings.webhook_addresses)

    async def step(self) -> bool:
        """Deliver for a while; answer whether there may be more to deliver at once."""
        first = await claim(self._lease)
        if first is None:
            return False
        until = time.monotonic() + STEP_SECONDS
        work = (self._work(each, until) for each in (first, *([None] * (COURIERS - 1))))
        outcomes = await asyncio.gather(*work, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return True

    async def _work(self, endpoint: Claimed | None, until: float) -> None:
        """Serve one endpoint after the other while there are any."""
        endpoint = endpoint or await claim(self._lease)
        while endpoint is not None:
            await self._serve(endpoint)
            endpoint = await claim(self._lease) if time.monotonic() < until else None

    async def _serve(self, endpoint: Claimed) -> None:
        last: Outcome | None = None
        for due in await due_deliveries(endpoint.id):
            if not await still_claimed(endpoint):
                break
            last = await self._attempt(endpoint, due)
            state = await settle(self._settings, endpoint, due, last)
            log.info(
                "webhook-attempt",
                webhook=str(endpoint.id),
                delivery=str(due.id),
                state=state,
                problem=last.problem,
            )
            if state is None or last.problem in ABOUT_RECEIVER:
                break
        await release(endpoint, last)

    async def _attempt(self, endpoint: Claimed, due: Due) -> Outcome:
        try:
            target, keys = self._open(endpoint)
        except CannotOpen:
            return Outcome(Problem.UNREADABLE)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"LicensePortal/{shipped_version()}",
        }
        if keys:
            id, timestamp = str(due.event), int(clock.now().timestamp())
            headers |= {
                "webhook-id": id,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": signature(keys, id, timestamp, due.body),
            }
        return await self._courier.deliver(target, headers, due.body)

    def _open(self, endpoint: Claimed) -> tuple[Target, list[str]]:
        """Return where an endpoint is, and the secrets that sign: the newest one first."""
        target = target_of(read_box(self._settings, URL, endpoint.id, endpoint.encrypted_url))
        assert target is not None, "the address was checked before it was kept"
        keys = []
        if endpoint.encrypted_secret is not None:
            keys.append(read_box(self._settings, SECRET, endpoint.id, endpoint.encrypted_secret))
        previous, until = endpoint.previous_secret, endpoint.previous_until
        if previous is not None and until is not None and until > clock.now():
            with contextlib.suppress(CannotOpen):  # the newest one is enough
                keys.append(read_box(self._settings, SECRET, endpoint.id, previous))
        return target, keys
