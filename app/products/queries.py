"""Reads about contracted products."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.contracts.rules import SeenContract
from app.database import fetch, json_rows, row
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows

# What is in use of an entitlement: allocated, or held by an activation file that still runs.
USE = """
    left join lateral (
        select coalesce(sum(coalesce(a.quantity, 0)), 0)::int as allocated,
               coalesce(sum(greatest(coalesce(a.quantity, 0), coalesce(h.quantity, 0))), 0)::int
                   as in_use
        from (select environment, quantity from known_allocation where entitlement = e.id) a
        full join (select environment, quantity from hold where entitlement = e.id) h
            using (environment)
    ) u on true
"""


# Counts that running files hold beyond what is allocated: by whom, and how long. The allocation is
# looked up for each; joined, thousands of them would be compared with thousands of holds.
HOLDERS = """
    (select json_agg(json_build_object(
                'environment', v.id, 'name', v.name, 'retired', v.retired_at is not null,
                'held', h.held, 'until', h.until)
            order by v.sort_key, v.id)
     from (select h.environment, h.until, h.quantity - coalesce((
                      select quantity from known_allocation
                      where environment = h.environment and entitlement = h.entitlement), 0) as held
           from hold h where h.entitlement = e.id) h
     join known_environment v on v.id = h.environment
     where h.held > 0)
"""


# Entitlement e with its product p; $2 is the day that it is for the contract.
ENTITLEMENT = """
    e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
    p.code, p.name_ja, p.name_en, p.unit, p.version,
    u.allocated, u.in_use - u.allocated as held, e.quantity - u.in_use as free,
    e.ends_on < $2 as expired
"""


@dataclass(frozen=True)
class SeenEntitlement:
    """A contracted product, with how much of it is allocated, held beyond that, and free.

    Attributes:
        other: whether it came by a license key.
    """

    id: UUID
    quantity: int
    starts_on: date
    ends_on: date
    other: bool
    code: str
    name_ja: str
    name_en: str
    unit: str
    version: str
    allocated: int
    held: int
    free: int
    expired: bool


@dataclass(frozen=True)
class Holder:
    """An environment whose running files hold more of an entitlement than it is allocated."""

    environment: UUID
    name: str
    retired: bool
    held: int
    until: datetime


@dataclass(frozen=True)
class ListedEntitlement(SeenEntitlement):
    """A contracted product with those who hold some of it."""

    holders: list[Holder]


async def list_entitlements(contract: SeenContract, *, expired: bool) -> list[ListedEntitlement]:
    """Return the contracted products of a contract.

    Args:
        expired: whether to also show those that ended before today.
    """
    found = await fetch(
        f"""
            select {ENTITLEMENT}, {HOLDERS} as holders
            from entitlement e join product p on p.id = e.product {USE}
            where e.contract = $1 and ($3 or e.ends_on >= $2)
            order by e.ends_on < $2, e.license_key is not null, p.code, e.starts_on, e.id
            """,
        contract.id,
        contract.today,
        expired,
    )
    return [
        ListedEntitlement(**{**each, "holders": json_rows(Holder, each["holders"])})
        for each in found
    ]


async def find_entitlement(contract: SeenContract, entitlement: UUID) -> SeenEntitlement | None:
    """Return a contracted product of the contract."""
    return await row(
        SeenEntitlement,
        f"select {ENTITLEMENT} from entitlement e join product p on p.id = e.product {USE}"
        " where e.contract = $1 and e.id = $3",
        contract.id,
        contract.today,
        entitlement,
    )


@dataclass(frozen=True)
class EnvironmentShare:
    """What an environment has of an entitlement.

    Attributes:
        here: allocated.
        held_here: held beyond that, until then.
    """

    id: UUID
    name: str
    retired: bool
    here: int
    held_here: int
    until: datetime | None


SHARES = Listing(
    row=fields_of(EnvironmentShare),
    columns="""n.id, n.name, n.retired_at is not null as retired, x.here,
        greatest(x.held - x.here, 0) as held_here, x.until""",
    tables="""(select environment, h.until, coalesce(a.quantity, 0) as here,
                   coalesce(h.quantity, 0) as held
            from (select environment, quantity from known_allocation where entitlement = $1) a
            full join (select environment, quantity, until from hold where entitlement = $1) h
                using (environment)) x
        join known_environment n on n.id = x.environment""",
    key="n.id",
    orders={
        "sort-key": Order("n.sort_key"),
        "name": Order("n.name"),
        "allocated": Order("x.here", down=True),
    },
    search=words_in("n.name"),
)


async def list_shares(entitlement: SeenEntitlement, wanted: Wanted) -> Listed[EnvironmentShare]:
    """Return the environments that an entitlement is allocated to or held by."""
    return await list_rows(SHARES, wanted, Where(args=[entitlement.id]))
