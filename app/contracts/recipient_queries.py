"""Whom mails about a contract, or about the vendor, go to."""

from uuid import UUID

from app.database import rows
from app.mail.rules import Recipient


async def people_in_charge(contract: UUID | None) -> list[Recipient]:
    """Return the owners of a contract; without one, the administrators of the portal."""
    return await rows(
        Recipient,
        """
        select email as address, name, language from portal_user
        where disabled_at is null and id in (
            select "user" from membership where contract = $1 and role = 'owner'
            union all
            select id from portal_user where $1::uuid is null and staff_role = 'administrator')
        order by id
        """,
        contract,
    )
