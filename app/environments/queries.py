"""Reads about environments and allocations, always within a contract that the person sees."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one
from app.environments.rules import ActivationState, Share, activation_state
from app.web import i18n

PAGE_ROWS = 50


def differs(today: str) -> str:
    """SQL: whether activation a of environment e says other than what is allocated now.

    Out of date is derived, never stored. Products that have ended do not count.

    Args:
        today: SQL for the day it is in the time zone of the contract.
    """
    return f"""
    exists (
        select 1
        from (select al.entitlement, al.quantity, greatest(en.starts_on, co.starts_on) as starts_on,
                     least(en.ends_on, co.ends_on) as ends_on
              from allocation al join entitlement en on en.id = al.entitlement
              join contract co on co.id = al.contract
              where al.environment = e.id and least(en.ends_on, co.ends_on) >= {today}) al
        full join (select entitlement, quantity, starts_on, ends_on from activation_product
                   where activation = a.id and ends_on >= {today}) ap using (entitlement)
        where (al.quantity, al.starts_on, al.ends_on)
              is distinct from (ap.quantity, ap.starts_on, ap.ends_on)
    )
    """  # noqa: S608 - constants only


ENVIRONMENT = f"""
    select e.id, e.name, e.sort_key, e.version, e.group_company, e.retired_at,
           gc.name as group_company_name,
           a.seq, a.issued_at, a.expires_at, a.end_reason,
           a.id is not null and {differs("$2")} as differs,
           exists (select 1 from allocation al join entitlement en on en.id = al.entitlement
                   where al.environment = e.id and en.ends_on >= $2) as allocated
    from environment e
    left join group_company g on g.id = e.group_company
    left join company gc on gc.id = g.company
    left join lateral (
        select id, seq, issued_at, expires_at, end_reason from activation
        where environment = e.id order by seq desc limit 1
    ) a on true
    where e.contract = $1
"""  # noqa: S608 - constants only


@dataclass(frozen=True)
class SeenEnvironment:
    """An environment with the state of its activation."""

    id: UUID
    name: str
    sort_key: int
    version: int
    group_company: UUID | None
    group_company_name: str | None
    retired_at: datetime | None
    seq: int | None
    issued_at: datetime | None
    state: ActivationState
    allocations: list[Record]

    def url(self, contract: SeenContract) -> str:
        """Path of the environment below its contract."""
        return f"{contract.url}/environments/{self.id}"


def _seen(row: Record, allocations: list[Record]) -> SeenEnvironment:
    return SeenEnvironment(
        id=row["id"],
        name=row["name"],
        sort_key=row["sort_key"],
        version=row["version"],
        group_company=row["group_company"],
        group_company_name=row["group_company_name"],
        retired_at=row["retired_at"],
        seq=row["seq"],
        issued_at=row["issued_at"],
        state=activation_state(
            allocated=row["allocated"],
            expires_at=row["expires_at"],
            end_reason=row["end_reason"],
            differs=row["differs"],
            now=clock.now(),
        ),
        allocations=allocations,
    )


async def _allocations(environments: list[UUID], today: date) -> dict[UUID, list[Record]]:
    rows = await fetch(
        """
        select al.environment, al.quantity, p.name_ja, p.name_en, p.unit, e.ends_on < $2 as expired
        from allocation al join entitlement e on e.id = al.entitlement
        join product p on p.id = e.product
        where al.environment = any($1) order by p.code, e.id
        """,
        environments,
        today,
    )
    by_environment: dict[UUID, list[Record]] = {id: [] for id in environments}
    for row in rows:
        by_environment[row["environment"]].append(row)
    return by_environment


async def list_environments(
    contract: SeenContract, after: tuple[int, UUID] | None
) -> tuple[list[SeenEnvironment], tuple[int, UUID] | None]:
    """Environments in sort-key order, a page at a time by key.

    Returns:
        The page, and the key of its last row where more follow.
    """
    rows = await fetch(
        f"{ENVIRONMENT} and e.retired_at is null"
        " and ($3::int is null or (e.sort_key, e.id) > ($3, $4))"
        f" order by e.sort_key, e.id limit {PAGE_ROWS + 1}",
        contract.id,
        contract.today,
        after[0] if after else None,
        after[1] if after else None,
    )
    shown = rows[:PAGE_ROWS]
    allocations = await _allocations([row["id"] for row in shown], contract.today)
    seen = [_seen(row, allocations[row["id"]]) for row in shown]
    more = len(rows) > PAGE_ROWS
    return seen, (seen[-1].sort_key, seen[-1].id) if more else None


async def find_environment(
    contract: SeenContract, id: UUID, *, retired: bool = False
) -> SeenEnvironment | None:
    """An environment of the contract.

    Args:
        retired: whether a retired one counts, too; its history stays readable.
    """
    row = await fetch_one(f"{ENVIRONMENT} and e.id = $3", contract.id, contract.today, id)
    if row is None or (row["retired_at"] is not None and not retired):
        return None
    return _seen(row, [])


async def name_taken(contract: SeenContract, name: str, other_than: UUID | None) -> bool:
    """Whether another environment of the contract has the name."""
    row = await fetch_one(
        "select 1 from environment where contract = $1 and name = $2 and retired_at is null"
        " and id is distinct from $3",
        contract.id,
        name,
        other_than,
    )
    return row is not None


@dataclass(frozen=True)
class OfferedProduct:
    """A contracted product in the allocation form."""

    share: Share
    code: str
    name_ja: str
    name_en: str
    unit: str
    other: bool
    starts_on: date
    ends_on: date


def product_name(product: OfferedProduct) -> str:
    """The product's name in the reader's language."""
    return product.name_ja if i18n.language.get() == "ja" else product.name_en


async def offered_products(contract: SeenContract, environment: UUID) -> list[OfferedProduct]:
    """What can be allocated to an environment: every entitlement that has not ended."""
    rows = await fetch(
        """
        select e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
               p.code, p.name_ja, p.name_en, p.unit,
               coalesce((select quantity from allocation
                         where environment = $2 and entitlement = e.id), 0) as here,
               coalesce((select quantity from hold
                         where environment = $2 and entitlement = e.id), 0) as held,
               counts_in_use(e.id)::int as in_use
        from entitlement e join product p on p.id = e.product
        where e.contract = $1 and e.ends_on >= $3
        order by e.license_key is not null, p.code, e.id
        """,
        contract.id,
        environment,
        contract.today,
    )
    return [
        OfferedProduct(
            share=Share(
                entitlement=row["id"],
                quantity=row["quantity"],
                here=row["here"],
                held=row["held"],
                elsewhere=row["in_use"] - max(row["here"], row["held"]),
            ),
            code=row["code"],
            name_ja=row["name_ja"],
            name_en=row["name_en"],
            unit=row["unit"],
            other=row["other"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
        )
        for row in rows
    ]
