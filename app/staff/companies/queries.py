"""Reads about companies and corporate groups, as all of the staff see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.database import fetch_one, row, rows
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

COMPANIES = Source(
    columns="""p.id, p.name, p.reading, p.corporate_group, g.name as group_name,
        (select count(*) from contract c where c.company = p.id) as contracts""",
    tables="company p left join corporate_group g on g.id = p.corporate_group",
    key="p.id",
    orders={"reading": Order("p.reading"), "name": Order("p.name")},
)


async def list_companies(
    search: str, *, order: str, group: UUID | None, after: UUID | None
) -> Listed:
    """Companies whose name or reading has the words, of one corporate group or of all."""
    where = Where()
    where.contains(search, "p.name", "p.reading")
    if group is not None:
        where.add("p.corporate_group = {}", group)
    return await list_rows(COMPANIES, where, order=order, after=after)


@dataclass(frozen=True)
class Group:
    """A corporate group."""

    id: UUID
    name: str
    revision: int
    companies: int


@dataclass(frozen=True)
class ContractOfCompany:
    """A contract, as the page of its company lists it."""

    number: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class SeenCompany:
    """A company."""

    id: UUID
    name: str
    reading: str
    corporate_group: UUID | None
    revision: int
    group_name: str | None


GROUPS = """
    select g.id, g.name, g.revision,
           (select count(*) from company where corporate_group = g.id) as companies
    from corporate_group g
"""


async def list_groups() -> list[Group]:
    """Return all corporate groups, with the number of their companies."""
    return await rows(Group, f"{GROUPS} order by g.name, g.id")


async def find_group(id: UUID) -> Group | None:
    """Return a corporate group."""
    return await row(Group, f"{GROUPS} where g.id = $1", id)


async def find_company(id: UUID) -> SeenCompany | None:
    """Return a company."""
    return await row(
        SeenCompany,
        "select p.id, p.name, p.reading, p.corporate_group, p.revision, g.name as group_name"
        " from company p left join corporate_group g on g.id = p.corporate_group where p.id = $1",
        id,
    )


async def list_contracts(company: UUID) -> list[ContractOfCompany]:
    """Return a company's contracts, the newest first."""
    return await rows(
        ContractOfCompany,
        "select number, name, starts_on, ends_on from contract where company = $1"
        " order by ends_on desc, number",
        company,
    )


async def name_taken(table: str, name: str, other_than: UUID | None) -> bool:
    """Whether another company, or another corporate group, has the name.

    Args:
        table: `company` or `corporate_group`.
    """
    same = "where normalize(name, nfc) = normalize($1, nfc) and id is distinct from $2"
    selects: Mapping[str, str] = {
        "company": f"select 1 from company {same}",
        "corporate_group": f"select 1 from corporate_group {same}",
    }
    return await fetch_one(selects[table], name, other_than) is not None
