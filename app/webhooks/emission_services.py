"""Write an event's deliveries, one for each endpoint that chose its type.

Call `emit` in the transaction of the change: then no event is lost, and none is sent of a change
that was rolled back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import lock_row, rows, unit_of_work, uuid7
from app.settings import Settings
from app.webhooks.event_rules import TEST
from app.webhooks.message_rules import chat_body
from app.webhooks.payload_rules import Contract, Payload, Test, standard_body
from app.webhooks.queries import find_number
from app.webhooks.right_services import lock_endpoint, require_right
from app.webhooks.rules import DELIVERIES_KEPT, Preset, State
from app.webhooks.tables import WebhookDelivery

# A statement takes no more than 32,767 values.
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Listener:
    """An endpoint that chose an event type.

    Attributes:
        contract, number: whose it is; None for the vendor.
    """

    id: UUID
    contract: UUID | None
    number: str | None
    preset: str
    language: str

    @property
    def contract_ref(self) -> Contract | None:
        """Return the contract as payloads name it."""
        if self.contract is None or self.number is None:
            return None
        return Contract(self.contract, self.number)


# The vendor's endpoints, and those of the contracts $2.
LISTENERS = """
    select e.id, e.contract, c.number, e.preset, e.language
    from webhook_endpoint e left join contract c on c.id = e.contract
    where e.removed_at is null and $1 = any(e.event_types)
      and (e.contract is null or e.contract = any($2::uuid[]))
    order by e.id
"""


def same(data: Payload) -> Callable[[Listener], Payload]:
    """Return what gives all endpoints the same payload."""
    return lambda _: data


async def emit(
    settings: Settings,
    event_type: str,
    at: datetime,
    contracts: list[UUID],
    data: Callable[[Listener], Payload],
) -> None:
    """Write the deliveries of an event into the open unit of work.

    Args:
        contracts: those whose endpoints get it, beside the vendor's.
        data: returns the payload for an endpoint.
    """
    listeners = await rows(Listener, LISTENERS, event_type, contracts)
    event = uuid7()
    for first in range(0, len(listeners), ROWS_AT_ONCE):
        some = listeners[first : first + ROWS_AT_ONCE]
        await WebhookDelivery.insert(
            *(_delivery(settings, event, event_type, at, each, data(each)) for each in some)
        )


def _delivery(
    settings: Settings,
    event: UUID,
    event_type: str,
    at: datetime,
    listener: Listener,
    data: Payload,
) -> WebhookDelivery:
    now, preset = clock.now(), Preset(listener.preset)
    if preset is Preset.STANDARD:
        body = standard_body(event_type, at, data)
    else:
        body = chat_body(
            preset,
            event_type,
            data,
            language=listener.language,
            portal=settings.base_url,
            vendor=listener.contract is None,
        )
    return WebhookDelivery(
        endpoint=listener.id,
        contract=listener.contract,
        event=event,
        event_type=event_type,
        body=body,
        failures=0,
        created_at=now,
        due_at=now,
    )


async def send_test(
    settings: Settings, *, contract: UUID | None, endpoint: UUID, actor: UUID
) -> UUID:
    """Queue a test event for an endpoint; return the delivery.

    Raises:
        NotOwner: the actor no longer owns the contract.
        Gone: the endpoint was removed.
    """
    async with unit_of_work():
        await require_right(contract, actor, ended=True)
        found = await lock_endpoint(contract, endpoint)
        number = await find_number(contract) if contract else None
        listener = Listener(found.id, contract, number, found.preset, found.language)
        data = Test(contract=listener.contract_ref, endpoint=endpoint)
        delivery = _delivery(settings, uuid7(), TEST, clock.now(), listener, data)
        await WebhookDelivery.insert(delivery)
        await record(
            "webhook-test", actor=actor, contract=contract, subject=endpoint, name=found.name
        )
    return delivery.id


async def send_again(*, contract: UUID | None, endpoint: UUID, delivery: UUID, actor: UUID) -> UUID:
    """Queue a settled delivery once more, with the same event id; return the new delivery.

    Raises:
        NotOwner: the actor no longer owns the contract.
        Gone: the endpoint was removed, or the delivery is forgotten or still queued.
    """
    now = clock.now()
    async with unit_of_work():
        await require_right(contract, actor, ended=True)
        found = await lock_endpoint(contract, endpoint)
        old = await lock_row(
            WebhookDelivery,
            (WebhookDelivery.id == delivery)
            & (WebhookDelivery.endpoint == endpoint)
            & (WebhookDelivery.state != State.QUEUED.value),
        )
        new = WebhookDelivery(
            endpoint=endpoint,
            contract=contract,
            event=old.event,
            event_type=old.event_type,
            body=old.body,
            failures=0,
            created_at=now,
            due_at=now,
        )
        await WebhookDelivery.insert(new)
        await record(
            "webhook-resending",
            actor=actor,
            contract=contract,
            subject=endpoint,
            name=found.name,
            event=old.event_type,
        )
    return new.id


async def forget_old_deliveries() -> None:
    """Delete deliveries of more than 30 days ago, also those that a paused endpoint waits for."""
    await WebhookDelivery.delete().where(WebhookDelivery.created_at < clock.now() - DELIVERIES_KEPT)
