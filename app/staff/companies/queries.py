"""Reads about companies and corporate groups, as all of the staff see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.database import fetch_one, json_rows, row, rows
from app.web.forms import read_id
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows


@dataclass(frozen=True)
class ListedCompany:
    """A company in the list."""

    id: UUID
    name: str
    reading: str
    group_name: str | None
    contracts: int


COMPANIES = Listing(
    row=fields_of(ListedCompany),
    columns="""p.id, p.name, p.reading, g.name as group_name,
        (select count(*) from contract c where c.company = p.id) as contracts""",
    tables="company p left join corporate_group g on g.id = p.corporate_group",
    key="p.id",
    orders={"reading": Order("p.reading"), "name": Order("p.name")},
    search=words_in("p.name", "p.reading", "p.external_id"),
)


async def list_companies(
    wanted: Wanted,
) -> Listed[ListedCompany]:
    """Return companies, of one corporate group or of all."""
    where = Where()
    if group := read_id(wanted.chosen["group"]):
        where.add("p.corporate_group = {}", group)
    return await list_rows(COMPANIES, wanted, where)


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
    external_id: str | None
    group_name: str | None
    listed_contracts: str | None

    @property
    def contracts(self) -> list[ContractOfCompany]:
        """Return its contracts, the newest first."""
        return json_rows(ContractOfCompany, self.listed_contracts)


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
        """
        select p.id, p.name, p.reading, p.corporate_group, p.revision, p.external_id,
               g.name as group_name,
               (select json_agg(json_build_object('number', c.number, 'name', c.name,
                    'starts_on', c.starts_on, 'ends_on', c.ends_on)
                    order by c.ends_on desc, c.number)
                from contract c where c.company = p.id)::text as listed_contracts
        from company p left join corporate_group g on g.id = p.corporate_group where p.id = $1
        """,
        id,
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
