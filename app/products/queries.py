"""Reads about contracted products."""

import json
from datetime import datetime
from typing import Any

from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one

# What is in use of an entitlement: allocated, or held by an activation file that still runs.
USE = """
    left join lateral (
        select coalesce(sum(coalesce(a.quantity, 0)), 0)::int as allocated,
               coalesce(sum(greatest(coalesce(a.quantity, 0), coalesce(h.quantity, 0))), 0)::int
                   as in_use
        from (select environment, quantity from allocation where entitlement = e.id) a
        full join (select environment, quantity from hold where entitlement = e.id) h
            using (environment)
    ) u on true
"""


# Counts that running files hold beyond what is allocated: by whom, and how long.
HOLDERS = """
    (select json_agg(json_build_object(
                'environment', v.id, 'name', v.name, 'retired', v.retired_at is not null,
                'held', h.quantity - coalesce(a.quantity, 0), 'until', h.until)
            order by v.sort_key, v.id)
     from hold h join environment v on v.id = h.environment
     left join allocation a on a.environment = h.environment and a.entitlement = h.entitlement
     where h.entitlement = e.id and h.quantity > coalesce(a.quantity, 0))
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
            order by e.ends_on < $2, e.license_key is not null, p.code, e.id
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


async def find_product(code: str) -> Record | None:
    """The catalogue entry with this code."""
    return await fetch_one("select * from product where code = $1", code)
