"""Events of what ends: each end date and stage once, late rather than never."""

from datetime import timedelta

from app import clock
from app.database import unit_of_work
from app.reminders.event_queries import DueEvent, due_events
from app.reminders.rules import Kind
from app.reminders.tables import EndDateEvent
from app.settings import Settings
from app.webhooks.emission_services import emit, same
from app.webhooks.event_rules import EventType
from app.webhooks.payload_rules import (
    ActivationExpiring,
    Contract,
    ContractEnding,
    Data,
    EntitlementEnding,
    EnvironmentRef,
)

BATCH = 100
SENT_KEPT = timedelta(days=366)
TYPES = {
    Kind.CONTRACT: EventType.CONTRACT_ENDING,
    Kind.PRODUCT: EventType.ENTITLEMENT_ENDING,
    Kind.ACTIVATION: EventType.ACTIVATION_EXPIRING,
}


async def emit_end_dates(settings: Settings, *, batch: int = BATCH) -> bool:
    """Write the deliveries of some end dates; return whether there were any."""
    due = await due_events(clock.now(), batch)
    for each in due:
        async with unit_of_work():
            # Another worker that is at the same one waits here, and then finds the row.
            row = EndDateEvent(
                subject=each.subject,
                ends_on=each.ends_on,
                stage=each.stage,
                told_at=clock.now(),
            )
            inserted = EndDateEvent.insert(row).on_conflict(action="DO NOTHING")
            if await inserted.returning(EndDateEvent.id):
                event_type, data = TYPES[Kind(each.kind)], same(_data(each))
                await emit(settings, event_type, clock.now(), [each.contract], data)
    return bool(due)


def _data(due: DueEvent) -> Data:
    contract = Contract(due.contract, due.contract_number)
    if due.product is not None:
        return EntitlementEnding(
            contract=contract,
            entitlement=due.subject,
            product=due.product,
            ends_on=due.ends_on,
            days_left=due.days_left,
        )
    if due.environment is not None and due.number is not None:
        return ActivationExpiring(
            contract=contract,
            environment=EnvironmentRef(due.environment, due.environment_name or ""),
            number=due.number,
            ends_on=due.ends_on,
            days_left=due.days_left,
        )
    return ContractEnding(contract=contract, ends_on=due.ends_on, days_left=due.days_left)


async def forget_end_dates() -> None:
    """Delete the notes of what was sent more than a year ago."""
    await EndDateEvent.delete().where(EndDateEvent.told_at < clock.now() - SENT_KEPT)
