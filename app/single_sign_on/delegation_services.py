"""Whether owners of a company may set its single sign-on up themselves."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.tables import Company
from app.database import lock_row, unit_of_work
from app.single_sign_on.tables import SingleSignOnDelegation


async def delegate(company: UUID, *, allowed: bool, actor: UUID) -> None:
    """Let owners of a company set single sign-on up themselves, or no longer.

    Raises:
        Gone: the company is not there.
    """
    delegation = SingleSignOnDelegation
    async with unit_of_work():
        await lock_row(Company, Company.id == company, strength="NO KEY UPDATE")
        own = delegation.company == company
        if allowed == await delegation.exists().where(own):
            return
        if allowed:
            await delegation.insert(
                delegation(company=company, allowed_by=actor, allowed_at=clock.now())
            )
            await record("single-sign-on-delegation", actor=actor, subject=company)
        else:
            await delegation.delete().where(own)
            await record("single-sign-on-delegation-end", actor=actor, subject=company)
