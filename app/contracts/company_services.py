"""Changes of companies and corporate groups that are there already, as the staff make them."""

from uuid import UUID

from app.audit.services import record
from app.contracts.tables import Company, CorporateGroup
from app.database import lock_row, unit_of_work


async def change_company(
    company: UUID,
    *,
    name: str,
    reading: str,
    corporate_group: UUID | None,
    revision: int,
    actor: UUID,
) -> None:
    """Give a company another name or reading, or put it into another corporate group.

    Args:
        reading: the name in kana, for search and order.
        revision: the one that the actor saw.

    Raises:
        Changed, Gone: it has another one by now.
        asyncpg.UniqueViolationError: another company has the name.
        asyncpg.ForeignKeyViolationError: there is no such group.
    """
    async with unit_of_work():
        before = await lock_row(Company, Company.id == company, revision=revision)
        await Company.update(
            {
                Company.name: name,
                Company.reading: reading,
                Company.corporate_group: corporate_group,
            }
        ).where(Company.id == company)
        await record(
            "company-change",
            actor=actor,
            subject=company,
            before=before.to_dict(Company.name, Company.reading, Company.corporate_group),
            name=name,
            reading=reading,
            corporate_group=corporate_group,
        )


async def rename_corporate_group(group: UUID, *, name: str, revision: int, actor: UUID) -> None:
    """Give a corporate group another name.

    Args:
        revision: the one that the actor saw.

    Raises:
        Changed, Gone: it has another one by now.
        asyncpg.UniqueViolationError: another group has the name.
    """
    async with unit_of_work():
        before = await lock_row(CorporateGroup, CorporateGroup.id == group, revision=revision)
        await CorporateGroup.update({CorporateGroup.name: name}).where(CorporateGroup.id == group)
        await record(
            "corporate-group-change", actor=actor, subject=group, before=before.name, name=name
        )
