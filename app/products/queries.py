"""Reads about contracted products."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.contracts.rules import SeenContract
from app.database import fetch, json_rows, part_of

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


PAGE_ROWS = 50


@dataclass(frozen=True)
class EnvironmentShare:
    """What an environment has of an entitlement.

    Attributes:
        here: allocated.
        held_here: held beyond that, until then.
    """

    environment: UUID
    name: str
    sort_key: int
    retired: bool
    here: int
    held_here: int
    until: datetime | None


@dataclass(frozen=True)
class Places:
    """An entitlement, and a page of the environments that have some of it.

    Attributes:
        following: sort key and id of the page's last environment where more follow.
    """

    entitlement: SeenEntitlement
    environments: list[EnvironmentShare]
    following: tuple[int, UUID] | None


async def find_places(
    contract: SeenContract, entitlement: UUID, after: tuple[int, UUID] | None
) -> Places | None:
    """Return where an entitlement of the contract is allocated or held; None if it is none.

    Args:
        after: sort key and id of the last environment already seen.
    """
    listed = await fetch(
        f"""
        select {ENTITLEMENT}, v.*
        from entitlement e join product p on p.id = e.product {USE}
        left join lateral (
            select n.id as environment, n.name, n.sort_key, n.retired_at is not null as retired,
                   coalesce(a.quantity, 0) as here,
                   greatest(coalesce(h.quantity, 0) - coalesce(a.quantity, 0), 0) as held_here,
                   h.until
            from (select environment, quantity from known_allocation where entitlement = e.id) a
            full join (select environment, quantity, until from hold where entitlement = e.id) h
                using (environment)
            join known_environment n on n.id = environment
            where $4::int is null or (n.sort_key, n.id) > ($4, $5)
            order by n.sort_key, n.id limit {PAGE_ROWS + 1}
        ) v on true
        where e.contract = $1 and e.id = $3 order by v.sort_key, v.environment
        """,
        contract.id,
        contract.today,
        entitlement,
        *(after or (None, None)),
    )
    if not listed:
        return None
    found = [part_of(EnvironmentShare, each) for each in listed if each["environment"] is not None]
    shown = found[:PAGE_ROWS]
    following = (shown[-1].sort_key, shown[-1].environment) if len(found) > PAGE_ROWS else None
    return Places(part_of(SeenEntitlement, listed[0]), shown, following)
