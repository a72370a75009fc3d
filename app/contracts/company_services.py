"""Changes of companies and corporate groups that are there already, as the staff make them."""

from uuid import UUID

from app.audit.services import record
from app.contracts.tables import Company, CorporateGroup
from app.contracts.values import CompanyValues, GroupValues
from app.database import lock_row, unit_of_work
from app.web.values import builtins, columns, from_attributes


async def change_company(
    company: UUID, *, values: CompanyValues, revision: int, actor: UUID
) -> None:
    """Change the facts of a company.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the company is not there.
        Changed: it has another revision by now.
        asyncpg.UniqueViolationError: another company has the name.
        asyncpg.ForeignKeyViolationError: there is no such group.
    """
    async with unit_of_work():
        before = await lock_row(Company, Company.id == company, revision=revision)
        await Company.update(columns(values)).where(Company.id == company)
        await record(
            "company-change",
            actor=actor,
            subject=company,
            before=builtins(from_attributes(CompanyValues, before)),
            **builtins(values),
        )


async def change_corporate_group(
    group: UUID, *, values: GroupValues, revision: int, actor: UUID
) -> None:
    """Change the facts of a corporate group.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the group is not there.
        Changed: it has another revision by now.
        asyncpg.UniqueViolationError: another group has the name.
    """
    async with unit_of_work():
        before = await lock_row(CorporateGroup, CorporateGroup.id == group, revision=revision)
        await CorporateGroup.update(columns(values)).where(CorporateGroup.id == group)
        await record(
            "corporate-group-change",
            actor=actor,
            subject=group,
            before=before.name,
            **builtins(values),
        )
