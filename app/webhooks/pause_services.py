"""Pause an endpoint that takes nothing, and mail the people who can put it right."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.recipient_queries import people_in_charge
from app.database import fetch_one
from app.mail.services import enqueue_for_each
from app.settings import Settings
from app.webhooks.rules import PAUSE_REASONS, PauseReason


async def suspend(settings: Settings, endpoint: UUID, reason: PauseReason) -> None:
    """Pause an endpoint inside the open unit of work, unless it is paused already."""
    paused = await fetch_one(
        "update webhook_endpoint e set paused_at = $2, pause_reason = $3 where e.id = $1"
        " and e.paused_at is null and e.removed_at is null"
        " returning e.contract, e.name, e.host,"
        " (select number from contract c where c.id = e.contract) as number",
        endpoint,
        clock.now(),
        reason,
    )
    if paused is None:
        return
    await record(
        "webhook-suspension",
        actor=None,
        contract=paused["contract"],
        subject=endpoint,
        name=paused["name"],
        reason=reason,
    )
    number = paused["number"]
    place = f"/contracts/{number}/webhooks" if number else "/staff/webhooks"
    await enqueue_for_each(
        settings,
        "webhook-paused",
        await people_in_charge(paused["contract"]),
        about=endpoint,
        webhook=paused["name"],
        host=paused["host"],
        number=number,
        cause=PAUSE_REASONS[reason],
        link=f"{settings.base_url}{place}/{endpoint}",
    )
