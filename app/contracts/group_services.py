"""The companies that may use a contract too."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.queries import environments_naming
from app.contracts.tables import Company, GroupCompany
from app.database import lock_row, unit_of_work


class GroupCompanyNamed(Exception):
    """Environments name the group company.

    Attributes:
        environments: their names.
    """

    def __init__(self, environments: list[str]) -> None:
        super().__init__(environments)
        self.environments = environments


async def add_group_company(*, contract: UUID, company: UUID, actor: UUID | None) -> UUID:
    """Register a company that may use the contract too.

    Raises:
        asyncpg.UniqueViolationError: it is registered already.
        asyncpg.CheckViolationError: it is not of the corporate group of the contract's company.
    """
    entry = GroupCompany(contract=contract, company=company, created_at=clock.now())
    async with unit_of_work():
        await GroupCompany.insert(entry)
        await record("group-company-addition", actor=actor, contract=contract, subject=entry.id)
    return entry.id


async def remove_group_company(*, contract: UUID, group_company: UUID, actor: UUID) -> None:
    """Take a group company off the contract.

    Raises:
        Gone: it is no longer registered.
        GroupCompanyNamed: environments name it.
    """
    async with unit_of_work():
        # Environments that begin to name it wait for this lock, and then do not find it.
        found = await lock_row(
            GroupCompany, (GroupCompany.id == group_company) & (GroupCompany.contract == contract)
        )
        if environments := await environments_naming(group_company):
            raise GroupCompanyNamed(environments)
        await GroupCompany.delete().where(GroupCompany.id == group_company)
        named = await Company.select(Company.name).where(Company.id == found.company).first()
        await record(
            "group-company-removal",
            actor=actor,
            contract=contract,
            subject=group_company,
            name=named["name"] if named else "",
        )
