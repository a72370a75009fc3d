"""Changes of companies and corporate groups that are there already, as the staff make them."""

from uuid import UUID

from app.audit.services import record
from app.contracts.tables import Company, CorporateGroup
from app.database import fetch_one, unit_of_work


class CompanyChanged(Exception):
    """Somebody else changed the company or the group since it was shown."""


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
        CompanyChanged: it has another one by now.
        asyncpg.UniqueViolationError: another company has the name.
        asyncpg.ForeignKeyViolationError: there is no such group.
    """
    async with unit_of_work():
        before = await fetch_one(
            "select name, reading, corporate_group from company"
            " where id = $1 and revision = $2 for update",
            company,
            revision,
        )
        if before is None:
            raise CompanyChanged
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
            before=dict(before),
            name=name,
            reading=reading,
            corporate_group=corporate_group,
        )


async def rename_corporate_group(group: UUID, *, name: str, revision: int, actor: UUID) -> None:
    """Give a corporate group another name.

    Args:
        revision: the one that the actor saw.

    Raises:
        CompanyChanged: it has another one by now.
        asyncpg.UniqueViolationError: another group has the name.
    """
    async with unit_of_work():
        before = await fetch_one(
            "select name from corporate_group where id = $1 and revision = $2 for update",
            group,
            revision,
        )
        if before is None:
            raise CompanyChanged
        await CorporateGroup.update({CorporateGroup.name: name}).where(CorporateGroup.id == group)
        await record(
            "corporate-group-change", actor=actor, subject=group, before=before["name"], name=name
        )
