"""Reads about contracts, always through the person who looks."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app import clock
from app.contracts.directory_rules import ListedCompany
from app.contracts.rules import (
    ENDS_SOON_DAYS,
    MOST_COUNTED,
    Role,
    SeenContract,
    ServiceRole,
    Status,
    TabCounts,
)
from app.contracts.tables import KnownEnvironment
from app.database import Record, fetch_one, fetch_value, rows
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, words_in
from app.web.lists.queries import list_rows

# The day it is where contract c is used.
TODAY = "(now() at time zone c.time_zone)::date"
STATUSES = {
    Status.NOT_STARTED.value: f"c.starts_on > {TODAY}",
    Status.ACTIVE.value: f"c.starts_on <= {TODAY} and c.ends_on > {TODAY} + {ENDS_SOON_DAYS}",
    Status.ENDS_SOON.value: f"c.starts_on <= {TODAY}"
    f" and c.ends_on between {TODAY} and {TODAY} + {ENDS_SOON_DAYS}",
    Status.ENDED.value: f"c.ends_on < {TODAY}",
}


# Who has a role in a contract: its people, and its service accounts.
HOLDERS = """
    select "user" as holder, contract, role, null as service_role from membership
    union all select id, contract, 'member', role from known_service_account
"""


def _seen_by(user: str) -> str:
    return f"""
    select c.id, c.number, c.name, p.name as company, c.license_type, c.starts_on, c.ends_on,
           c.time_zone, c.sales_name, c.sales_email, c.sales_phone, m.role, m.service_role
    from ({HOLDERS}) m
    join contract c on c.id = m.contract
    join company p on p.id = c.company
    where m.holder = {user}
    """


SEEN = _seen_by("$1")
COLUMNS = [field.name for field in fields(SeenContract) if field.name not in {"today", "counts"}]


def page_columns(seen: str) -> str:
    """Return columns of a contract for its pages, with what its tabs count.

    Args:
        seen: alias of a select of SEEN.
    """
    counted = {
        "products": "known_entitlement t where t.ends_on >= (now() at time zone "
        f"{seen}.time_zone)::date and",
        "environments": "known_environment t where t.retired_at is null and",
        "members": "membership t where",
        "group_companies": "group_company t where",
    }
    return ", ".join(
        [f"{seen}.{name} as contract_{name}" for name in COLUMNS]
        + [
            f"(select count(*) from (select from {source} t.contract = {seen}.id"
            f" limit {MOST_COUNTED}) few) as contract_{name}"
            for name, source in counted.items()
        ]
    )


# The contract with the number $3 of the person u.id: what the session's statement reads ahead.
AHEAD = f"""
    select {page_columns("seen")} from ({_seen_by("u.id")} and c.number = $3) seen
"""


def seen_contract(row: Record, prefix: str = "", counts: TabCounts | None = None) -> SeenContract:
    """Return the contract in a row that has the columns of SEEN."""
    values: dict[str, Any] = {name: row[prefix + name] for name in COLUMNS}
    values["role"] = Role(values["role"])
    if values["service_role"] is not None:
        values["service_role"] = ServiceRole(values["service_role"])
    return SeenContract(**values, today=clock.today(values["time_zone"]), counts=counts)


def counted_contract(row: Record) -> SeenContract:
    """Return the contract in a row that has the columns of `page_columns`."""
    counts = TabCounts(**{field.name: row[f"contract_{field.name}"] for field in fields(TabCounts)})
    return seen_contract(row, "contract_", counts)


async def find_contract(viewer: UUID, number: str) -> SeenContract | None:
    """Return the contract with this number, if the person or account has a role in it."""
    row = await fetch_one(f"{SEEN} and c.number = $2", viewer, number)
    return seen_contract(row) if row else None


def contract_ahead(row: Record) -> SeenContract | None:
    """Return the contract in a row of the session's statement with AHEAD."""
    return counted_contract(row) if row["contract_id"] is not None else None


CONTRACTS = Listing(
    row=seen_contract,
    columns="""c.id, c.number, c.name, p.name as company, c.license_type, c.starts_on, c.ends_on,
        c.time_zone, c.sales_name, c.sales_email, c.sales_phone, m.role,
        null as service_role""",
    tables="""membership m join contract c on c.id = m.contract
        join company p on p.id = c.company""",
    key="c.id",
    orders={
        "number": Order("c.number"),
        "name": Order("c.name"),
        "company": Order("p.name"),
        "end": Order("c.ends_on"),
    },
    search=words_in("c.number", "c.name", "p.name"),
    filters={"status": STATUSES},
)


async def list_contracts(viewer: UUID, wanted: Wanted) -> Listed[SeenContract]:
    """Return the contracts that a person has a role in."""
    where = Where()
    where.add('m."user" = {}', viewer)
    return await list_rows(CONTRACTS, wanted, where)


@dataclass(frozen=True)
class ContractLine:
    """A line of a contract's history, if it has one, and beside it how much the contract has."""

    kind: str | None
    effective_on: date | None
    note: str | None
    environments: int
    members: int
    group_companies: int
    entitlements: int


async def contract_details(contract: SeenContract) -> tuple[ContractLine, list[ContractLine]]:
    """Return counts and history of a contract, for its first tab."""
    lines = await rows(
        ContractLine,
        """
        select x.kind, x.effective_on, x.note,
               (select count(*) from known_environment where contract = $1 and retired_at is null)
                   as environments,
               (select count(*) from membership where contract = $1) as members,
               (select count(*) from group_company where contract = $1) as group_companies,
               (select count(*) from known_entitlement where contract = $1 and ends_on >= $2)
                   as entitlements
        from (select 1) one left join contract_change x on x.contract = $1
        order by x.effective_on desc nulls last, x.id desc
        """,
        contract.id,
        contract.today,
    )
    return lines[0], [line for line in lines if line.kind is not None]


@dataclass(frozen=True)
class SeenGroupCompany:
    """A registered group company.

    Attributes:
        environments: names of those in use that name it.
    """

    id: UUID
    name: str
    created_at: datetime
    environments: list[str]


async def list_group_companies(contract: SeenContract) -> list[SeenGroupCompany]:
    """Return the registered group companies, each with the environments that name it."""
    return await rows(
        SeenGroupCompany,
        """
        select g.id, c.name, g.created_at,
               array(select e.name from known_environment e
                     where e.group_company = g.id and e.retired_at is null
                     order by e.sort_key, e.id) as environments
        from group_company g join company c on c.id = g.company
        where g.contract = $1 order by c.reading, c.name
        """,
        contract.id,
    )


async def list_candidates(contract: SeenContract) -> list[ListedCompany]:
    """Return companies of the same corporate group that are not registered yet."""
    return await rows(
        ListedCompany,
        """
        select other.id, other.name, other.reading
        from contract c join company own on own.id = c.company
        join company other on other.corporate_group = own.corporate_group and other.id <> own.id
        where c.id = $1 and not exists (
            select 1 from group_company where contract = c.id and company = other.id)
        order by other.reading, other.name
        """,
        contract.id,
    )


async def environments_naming(group_company: UUID) -> list[str]:
    """Return names of the environments in use that name a group company, in sort-key order."""
    found = (
        await KnownEnvironment.select(KnownEnvironment.name)
        .where(
            (KnownEnvironment.group_company == group_company)
            & KnownEnvironment.retired_at.is_null()
        )
        .order_by(KnownEnvironment.sort_key, KnownEnvironment.id)
    )
    return [environment["name"] for environment in found]


async def find_group_company(contract: SeenContract, id: UUID) -> str | None:
    """Return the name of a registered group company of the contract."""
    name: str | None = await fetch_value(
        "select c.name from group_company g join company c on c.id = g.company"
        " where g.id = $1 and g.contract = $2",
        id,
        contract.id,
    )
    return name
