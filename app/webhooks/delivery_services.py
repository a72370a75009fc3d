"""Claim an endpoint with what is due for it, and settle each delivery.

A worker takes an endpoint, not single deliveries: so events arrive one after the other, and a
receiver that hangs keeps one courier busy, never all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app import clock
from app.database import fetch_one, fetch_value, row, rows, unit_of_work
from app.settings import Settings
from app.webhooks.courier import Outcome
from app.webhooks.pause_services import suspend
from app.webhooks.rules import ABOUT_RECEIVER, State, next_attempt, pause_after
from app.webhooks.tables import WebhookDelivery, WebhookEndpoint

# Longer than a batch may take, so that no other worker carries the same delivery.
LEASE = timedelta(seconds=120)
BATCH = 10
# A receiver that cannot be reached is left alone for a moment, whatever waits for it.
REST = timedelta(seconds=30)

CLAIM = """
    update webhook_endpoint set lease = $1, rests_until = $2
    where id = (
        select e.id from webhook_endpoint e
        where e.removed_at is null and e.paused_at is null and e.rests_until <= $3
          and exists (select from webhook_delivery d where d.endpoint = e.id
                        and d.state = 'queued' and d.due_at <= $3)
        order by e.rests_until limit 1 for update skip locked)
    returning id, contract, encrypted_url, encrypted_secret, previous_secret, previous_until, lease
"""


@dataclass(frozen=True)
class Claimed:
    """An endpoint that a worker has taken."""

    id: UUID
    contract: UUID | None
    encrypted_url: bytes
    encrypted_secret: bytes | None
    previous_secret: bytes | None
    previous_until: datetime | None
    lease: UUID


@dataclass(frozen=True)
class Due:
    """A delivery that is due."""

    id: UUID
    event: UUID
    event_type: str
    body: str
    failures: int
    created_at: datetime


async def claim(lease: timedelta = LEASE) -> Claimed | None:
    """Take an endpoint for which something is due; no other worker gets it before the lease ends.

    A worker that dies says nothing: its endpoint comes free by itself.
    """
    now = clock.now()
    return await row(Claimed, CLAIM, uuid4(), now + lease, now)


async def due_deliveries(endpoint: UUID, most: int = BATCH) -> list[Due]:
    """Return what is due for an endpoint, in the order of the events."""
    return await rows(
        Due,
        "select id, event, event_type, body, failures, created_at from webhook_delivery"
        " where endpoint = $1 and state = 'queued' and due_at <= $2"
        " order by created_at, id limit $3",
        endpoint,
        clock.now(),
        most,
    )


async def still_claimed(endpoint: Claimed) -> bool:
    """Whether the lease is still the worker's, and the endpoint was neither paused nor removed."""
    found: bool = await fetch_value(
        "select exists (select from webhook_endpoint where id = $1 and lease = $2"
        " and paused_at is null and removed_at is null)",
        endpoint.id,
        endpoint.lease,
    )
    return found


async def settle(settings: Settings, endpoint: Claimed, due: Due, outcome: Outcome) -> State | None:
    """Note how an attempt went, and pause an endpoint that is given up.

    Answers:
        the state of the delivery; None if the lease was lost, and nothing was noted.
    """
    now, failures = clock.now(), due.failures + (outcome.problem is not None)
    again = next_attempt(failures, outcome.problem, now) if outcome.problem else None
    state = State.DELIVERED if outcome.problem is None else State.QUEUED if again else State.FAILED
    async with unit_of_work():
        held = await fetch_one(
            "select delivered_at from webhook_endpoint where id = $1 and lease = $2 for update",
            endpoint.id,
            endpoint.lease,
        )
        if held is None:
            return None
        await WebhookDelivery.update(
            {
                WebhookDelivery.state: state.value,
                WebhookDelivery.problem: outcome.problem,
                WebhookDelivery.failures: failures,
                WebhookDelivery.due_at: again or now,
                WebhookDelivery.attempted_at: now,
                WebhookDelivery.settled_at: None if state is State.QUEUED else now,
                WebhookDelivery.status: outcome.status,
                WebhookDelivery.answer: outcome.answer,
                WebhookDelivery.took_ms: outcome.took_ms,
            }
        ).where((WebhookDelivery.id == due.id) & (WebhookDelivery.state == State.QUEUED.value))
        if state is State.DELIVERED:
            await WebhookEndpoint.update({WebhookEndpoint.delivered_at: now}).where(
                WebhookEndpoint.id == endpoint.id
            )
        if state is State.FAILED and outcome.problem is not None:
            reason = pause_after(outcome.problem, due.created_at, held["delivered_at"])
            if reason is not None:
                await suspend(settings, endpoint.id, reason)
    return state


async def release(endpoint: Claimed, last: Outcome | None) -> None:
    """Give an endpoint back.

    Args:
        last: the last attempt; after some problems the receiver is left alone for a moment.
    """
    rests = last is not None and last.problem in ABOUT_RECEIVER
    await WebhookEndpoint.update(
        {
            WebhookEndpoint.lease: None,
            WebhookEndpoint.rests_until: clock.now() + (REST if rests else timedelta(0)),
        }
    ).where((WebhookEndpoint.id == endpoint.id) & (WebhookEndpoint.lease == endpoint.lease))
