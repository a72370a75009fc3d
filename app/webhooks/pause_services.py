"""Pause an endpoint that takes nothing, and mail the people who can put it right."""

from uuid import UUID

import structlog

from app import clock
from app.audit.services import record
from app.database import fetch_one, rows
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings
from app.web import i18n
from app.web.i18n import gettext as _
from app.webhooks.rules import PAUSE_REASONS, PauseReason

# The owners of the contract $1; the administrators where it is null.
PEOPLE = """
    select u.email as address, u.name, u.language from portal_user u
    where u.disabled_at is null and case when $1::uuid is null
        then u.staff_role = 'administrator'
        else exists (select from membership m where m."user" = u.id
                     and m.contract = $1 and m.role = 'owner') end
    order by u.id
"""

log = structlog.get_logger()


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
    for person in await rows(Recipient, PEOPLE, paused["contract"]):
        before = i18n.language.set(person.language)
        try:
            await enqueue(
                settings,
                "webhook-paused",
                person,
                about=endpoint,
                webhook=paused["name"],
                host=paused["host"],
                number=number,
                cause=_(PAUSE_REASONS[reason]),
                link=f"{settings.base_url}{place}/{endpoint}",
            )
        except ValueError:
            # An invalid address must not keep the others from getting theirs.
            log.error("webhook-mail-impossible", webhook=str(endpoint))
        finally:
            i18n.language.reset(before)
