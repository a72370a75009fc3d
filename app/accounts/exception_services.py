"""Mail owners when one of them signs in by password where their company requires its provider.

Administrators get a mail about an administrator who does so where the vendor requires its own.
"""

from collections.abc import Sequence
from uuid import UUID

from app import clock
from app.accounts import company_queries
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings


async def mail_owners(settings: Settings, user: UUID, companies: Sequence[UUID | None]) -> None:
    """Mail all owners that one of them signed in by password, in the unit of work of the sign-in.

    Args:
        companies: those that require their provider of others; usually none. None is the vendor.
    """
    owners = await company_queries.company_owners(companies) if companies else []
    who = next((owner.name for owner in owners if owner.user == user), "")
    for owner in owners:
        await enqueue(
            settings,
            "exceptional-sign-in" if owner.company_name else "exceptional-staff-sign-in",
            Recipient(owner.email, owner.name, owner.language),
            about=user,
            who=who,
            company=owner.company_name,
            at=clock.now(),
        )
