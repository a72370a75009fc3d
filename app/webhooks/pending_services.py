"""Make events of the audit log into deliveries.

The database keeps which ones wait: it wrote them in the transaction of the event. An event and its
deliveries change places in one transaction, so each endpoint gets each event once.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app import clock
from app.database import fetch, unit_of_work
from app.settings import Settings
from app.web.errors import unavailable_errors
from app.webhooks.emission_services import emit, same
from app.webhooks.event_rules import EventType
from app.webhooks.fact_queries import contracts_with, find_entry, find_notice, find_resource
from app.webhooks.fact_rules import events_of
from app.webhooks.payload_rules import Names, NoticePublished, ResourcePublished

BATCH = 100
# An event that cannot be written is a defect. It waits, and does not hold up the others.
AFTER_DEFECT = timedelta(hours=1)

log = structlog.get_logger()


async def emit_pending(settings: Settings) -> bool:
    """Write the deliveries of some events that wait; return whether there may be more."""
    waiting = await fetch(
        "select event from webhook_pending where due_at <= $1 order by due_at, event limit $2",
        clock.now(),
        BATCH,
    )
    for each in waiting:
        await _emit_or_postpone(settings, each["event"])
    return len(waiting) == BATCH


async def _emit_or_postpone(settings: Settings, event: UUID) -> None:
    try:
        async with unit_of_work():
            taken = await fetch(
                "delete from webhook_pending where event = (select event from webhook_pending"
                " where event = $1 for update skip locked) returning event",
                event,
            )
            if taken:
                await _emit(settings, event)
    except unavailable_errors:
        raise
    except Exception as error:
        log.error("defect", webhook_event=str(event), exc_info=error)
        await _wait(event, clock.now() + AFTER_DEFECT)


async def _wait(event: UUID, until: datetime) -> None:
    await fetch(
        "insert into webhook_pending (event, due_at) values ($1, $2)"
        " on conflict (event) do update set due_at = excluded.due_at",
        event,
        until,
    )


async def _emit(settings: Settings, event: UUID) -> None:
    entry = await find_entry(event)
    if entry is not None:
        for event_type, data in events_of(entry):
            await emit(settings, event_type, entry.at, [entry.contract], same(data))
        return
    await _emit_resource(settings, event)
    await _emit_notice(settings, event)


async def _emit_resource(settings: Settings, event: UUID) -> None:
    found = await find_resource(event)
    if found is None or found.withdrawn_at is not None:
        return
    months = settings.security_fix_months if found.security_fix else 0
    await emit(
        settings,
        EventType.RESOURCE_PUBLISHED,
        found.at,
        await contracts_with(found.products, clock.now(), months),
        lambda listener: ResourcePublished(
            contract=listener.contract_ref,
            resource=found.id,
            name=found.name,
            version=found.version,
            size=found.size,
            sha256=found.sha256,
            security_fix=found.security_fix,
            products=found.products,
        ),
    )


async def _emit_notice(settings: Settings, event: UUID) -> None:
    found, now = await find_notice(event), clock.now()
    if found is None or found.withdrawn_at or found.published_at is None or not found.newest:
        return
    if found.published_at > now:
        await _wait(event, found.published_at)
        return
    await emit(
        settings,
        EventType.NOTICE_PUBLISHED,
        found.published_at,
        await contracts_with(found.products, now),
        lambda listener: NoticePublished(
            contract=listener.contract_ref,
            notice=found.id,
            title=Names(found.title_ja, found.title_en),
            products=found.products,
        ),
    )
