"""What the staff do to mails, with the event that says so."""

from uuid import UUID

from app.audit.services import record
from app.database import unit_of_work
from app.mail import services


async def send_again(id: UUID, template: str, *, actor: UUID) -> bool:
    """Queue a failed mail again; False if it can no longer be sent."""
    async with unit_of_work():
        if not await services.retry(id):
            return False
        await record("mail-retry", actor=actor, subject=id, template=template)
    return True


async def discard(id: UUID, template: str, *, actor: UUID) -> bool:
    """Throw a mail away; False if it was delivered, or is being delivered now."""
    async with unit_of_work():
        if not await services.discard(id):
            return False
        await record("mail-discard", actor=actor, subject=id, template=template)
    return True
