"""Reads about environments and allocations, always within a contract that the person sees."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.contracts.queries import SEEN, counted_contract, page_columns
from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one, fetch_value, json_rows, rows
from app.environments.rules import LARGEST_SORT_KEY, ActivationState, Share, activation_state
from app.environments.values import EnvironmentValues
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, words_in
from app.web.lists.queries import list_rows


def differs(today: str) -> str:
    """SQL: whether activation a of environment e says other than what is allocated now.

    Out of date is derived, never stored. Products that have ended do not count, nor those that lie
    outside of the contract's term: neither is issued.

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
              where al.environment = e.id
                and greatest(en.starts_on, co.starts_on, {today}) <= least(en.ends_on, co.ends_on)
             ) al
        full join (select entitlement, quantity, starts_on, ends_on from known_grant
                   where activation = a.id and ends_on >= {today}) ap using (entitlement)
        where (al.quantity, al.starts_on, al.ends_on)
              is distinct from (ap.quantity, ap.starts_on, ap.ends_on)
    )
    """


TODAY = "(now() at time zone c.time_zone)::date"
FACTS = ", ".join(f"e.{name}" for name in EnvironmentValues.__struct_fields__)
# Environment e of contract c, with its newest activation a.
ENVIRONMENT_COLUMNS = f"""
    e.id, {FACTS}, e.revision, e.retired_at,
    gc.name as group_company_name,
    a.seq, a.issued_at, a.expires_at, a.end_reason,
    a.id is not null and {differs(TODAY)} as differs,
    (select json_agg(json_build_object(
                'quantity', al.quantity, 'name_ja', p.name_ja, 'name_en', p.name_en,
                'unit', p.unit, 'expired', en.ends_on < {TODAY}) order by p.code, en.id)
     from allocation al join entitlement en on en.id = al.entitlement
     join product p on p.id = en.product where al.environment = e.id) as allocations
"""
ENVIRONMENT_JOINS = """
    left join group_company g on g.id = e.group_company
    left join company gc on gc.id = g.company
    left join lateral (
        select id, seq, issued_at, expires_at, end_reason from known_activation
        where environment = e.id order by seq desc limit 1
    ) a on true
"""


@dataclass(frozen=True)
class AllocatedProduct:
    """What an environment is allocated of a product, and whether its term is over."""

    quantity: int
    name_ja: str
    name_en: str
    unit: str
    expired: bool


@dataclass(frozen=True)
class SeenEnvironment:
    """An environment with the state of its activation."""

    id: UUID
    facts: EnvironmentValues
    revision: int
    group_company_name: str | None
    retired_at: datetime | None
    seq: int | None
    issued_at: datetime | None
    state: ActivationState
    allocations: list[AllocatedProduct]

    @property
    def name(self) -> str:
        """Return the name."""
        return self.facts.name

    @property
    def sort_key(self) -> int:
        """Return the sort key."""
        return self.facts.sort_key

    def url(self, contract: SeenContract) -> str:
        """Path of the environment below its contract."""
        return f"{contract.url}/environments/{self.id}"


def _seen(row: Record) -> SeenEnvironment:
    allocations = json_rows(AllocatedProduct, row["allocations"])
    return SeenEnvironment(
        id=row["id"],
        facts=EnvironmentValues(*(row[name] for name in EnvironmentValues.__struct_fields__)),
        revision=row["revision"],
        group_company_name=row["group_company_name"],
        retired_at=row["retired_at"],
        seq=row["seq"],
        issued_at=row["issued_at"],
        state=activation_state(
            allocated=any(not allocation.expired for allocation in allocations),
            expires_at=row["expires_at"],
            end_reason=row["end_reason"],
            differs=row["differs"],
            now=clock.now(),
        ),
        allocations=allocations,
    )


# What activation_state() says, for the filter.
STATE = f"""
    case when a.end_reason in ('returned', 'released') then 'returned'
         when a.id is null and exists (
              select from allocation al join entitlement en on en.id = al.entitlement
              where al.environment = e.id and en.ends_on >= {TODAY}) then 'not-activated'
         when a.id is null then 'nothing-allocated'
         when a.expires_at <= now() then 'expired'
         when {differs(TODAY)} then 'out-of-date' else 'runs' end
"""
ENVIRONMENTS = Listing(
    row=_seen,
    columns=ENVIRONMENT_COLUMNS,
    tables=f"environment e join contract c on c.id = e.contract {ENVIRONMENT_JOINS}",
    key="e.id",
    always="e.retired_at is null",
    rows=25,
    orders={
        "sort-key": Order("e.sort_key"),
        "name": Order("e.name"),
        "activation": Order("coalesce(a.issued_at, '-infinity')", down=True),
    },
    search=words_in("e.name", "e.note", "coalesce(gc.name, '')"),
    filters={"state": {state.value: f"{STATE} = '{state.value}'" for state in ActivationState}},
)


ALLOCATED = """exists (
    select from allocation al join entitlement en on en.id = al.entitlement
    join product p on p.id = en.product where al.environment = e.id and p.code = {})
"""


async def list_environments(contract: SeenContract, wanted: Wanted) -> Listed[SeenEnvironment]:
    """Return environments of a contract, with all products or with one."""
    where = Where()
    where.add("e.contract = {}", contract.id)
    if wanted.chosen["product"]:
        where.add(ALLOCATED, wanted.chosen["product"])
    return await list_rows(ENVIRONMENTS, wanted, where)


@dataclass(frozen=True)
class ContractedProduct:
    """A product of a contract, as a filter offers it."""

    code: str
    name_ja: str
    name_en: str


async def contracted_products(contract: SeenContract) -> list[ContractedProduct]:
    """Return the products that a contract has, or had."""
    return await rows(
        ContractedProduct,
        "select code, name_ja, name_en from product"
        " where id in (select product from entitlement where contract = $1) order by code",
        contract.id,
    )


@dataclass(frozen=True)
class Place:
    """An environment, and the contract that it is one of, through the eyes of one person."""

    contract: SeenContract
    environment: SeenEnvironment


async def find_place(viewer: UUID, number: str, environment: UUID) -> Place | None:
    """An environment, retired or not, of a contract that the person has a role in."""
    row = await fetch_one(
        f"""
        select {page_columns("c")}, {ENVIRONMENT_COLUMNS}
        from ({SEEN} and c.number = $2) c join environment e on e.contract = c.id
        {ENVIRONMENT_JOINS} where e.id = $3
        """,
        viewer,
        number,
        environment,
    )
    if row is None:
        return None
    return Place(counted_contract(row), _seen(row))


async def next_sort_key(contract: SeenContract) -> int:
    """Return the next ten after the environments that are there, so that others fit between."""
    last = await fetch_value(
        "select coalesce(max(sort_key), 0) from environment"
        " where contract = $1 and retired_at is null",
        contract.id,
    )
    return min((int(last) // 10 + 1) * 10, LARGEST_SORT_KEY)


async def name_taken(contract: SeenContract, name: str, other_than: UUID | None) -> bool:
    """Whether another environment of the contract has the name."""
    row = await fetch_one(
        "select 1 from environment where contract = $1 and retired_at is null"
        " and normalize(name, nfc) = normalize($2, nfc) and id is distinct from $3",
        contract.id,
        name,
        other_than,
    )
    return row is not None


@dataclass(frozen=True)
class OfferedProduct:
    """A contracted product in the allocation form.

    Attributes:
        held_until: when the environment's last running file that holds counts of it ends.
    """

    share: Share
    code: str
    name_ja: str
    name_en: str
    unit: str
    other: bool
    starts_on: date
    ends_on: date
    held_until: datetime | None


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
               (select until from hold where environment = $2 and entitlement = e.id) as held_until,
               counts_in_use(e.id)::int as in_use
        from entitlement e join product p on p.id = e.product
        where e.contract = $1 and e.ends_on >= $3
        order by e.license_key is not null, p.code, e.starts_on, e.id
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
            held_until=row["held_until"],
        )
        for row in rows
    ]
