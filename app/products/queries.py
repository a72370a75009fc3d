"""Reads about contracted products."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one

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


async def list_entitlements(contract: SeenContract, *, expired: bool) -> list[dict[str, Any]]:
    """The contracted products, with how much of each is allocated, held, by whom, and free.

    Args:
        expired: whether to show those that ended before today, too.
    """
    rows = await fetch(
        f"""
            select e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
                   p.code, p.name_ja, p.name_en, p.unit, p.version,
                   u.allocated, u.in_use - u.allocated as held, e.quantity - u.in_use as free,
                   e.ends_on < $2 as expired, {HOLDERS} as holders
            from entitlement e join product p on p.id = e.product {USE}
            where e.contract = $1 and ($3 or e.ends_on >= $2)
            order by e.ends_on < $2, e.license_key is not null, p.code, e.starts_on, e.id
            """,
        contract.id,
        contract.today,
        expired,
    )
    return [{**row, "holders": _holders(row["holders"])} for row in rows]


def _holders(found: str | None) -> list[dict[str, Any]]:
    return [
        {**holder, "until": datetime.fromisoformat(holder["until"])}
        for holder in json.loads(found or "[]")
    ]


PAGE_ROWS = 50


@dataclass(frozen=True)
class Places:
    """An entitlement, and a page of the environments that have some of it.

    Attributes:
        entitlement: a row of `list_entitlements`, without its holders.
        environments: id, name, sort_key, retired, allocated, held beyond that, until.
        following: sort key and id of the page's last environment where more follow.
    """

    entitlement: Record
    environments: list[Record]
    following: tuple[int, UUID] | None


async def find_places(
    contract: SeenContract, entitlement: UUID, after: tuple[int, UUID] | None
) -> Places | None:
    """Where an entitlement of the contract is allocated or held; None where it is none.

    Args:
        after: sort key and id of the last environment already seen.
    """
    rows = await fetch(
        f"""
        select e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
               p.code, p.name_ja, p.name_en, p.unit, p.version,
               u.allocated, u.in_use - u.allocated as held, e.quantity - u.in_use as free,
               e.ends_on < $3 as expired, v.*
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
        where e.contract = $1 and e.id = $2 order by v.sort_key, v.environment
        """,
        contract.id,
        entitlement,
        contract.today,
        after[0] if after else None,
        after[1] if after else None,
    )
    if not rows:
        return None
    found = [row for row in rows if row["environment"] is not None]
    shown = found[:PAGE_ROWS]
    more = len(found) > PAGE_ROWS
    following = (shown[-1]["sort_key"], shown[-1]["environment"]) if more else None
    return Places(rows[0], shown, following)


async def find_product(code: str) -> Record | None:
    """The catalogue entry with this code."""
    return await fetch_one("select * from product where code = $1", code)
