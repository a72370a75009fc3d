"""Reads about contracted products."""

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


async def list_entitlements(contract: SeenContract, *, expired: bool) -> list[Record]:
    """The contracted products, with how much of each is allocated, held and free.

    Args:
        expired: whether to show those that ended before today, too.
    """
    return list(
        await fetch(
            f"""
            select e.id, e.quantity, e.starts_on, e.ends_on, e.license_key is not null as other,
                   p.code, p.name_ja, p.name_en, p.unit, p.version,
                   u.allocated, u.in_use - u.allocated as held, e.quantity - u.in_use as free,
                   e.ends_on < $2 as expired
            from entitlement e join product p on p.id = e.product {USE}
            where e.contract = $1 and ($3 or e.ends_on >= $2)
            order by e.ends_on < $2, e.license_key is not null, p.code, e.id
            """,
            contract.id,
            contract.today,
            expired,
        )
    )


async def list_holds(contract: SeenContract) -> list[Record]:
    """Counts that running files hold beyond what is allocated: by whom, and how long."""
    return list(
        await fetch(
            """
            select h.entitlement, h.quantity - coalesce(a.quantity, 0) as held, h.until,
                   v.id as environment, v.name, v.retired_at
            from hold h
            join environment v on v.id = h.environment
            left join allocation a
                on a.environment = h.environment and a.entitlement = h.entitlement
            where v.contract = $1 and h.quantity > coalesce(a.quantity, 0)
            order by v.sort_key, v.id
            """,
            contract.id,
        )
    )


async def find_product(code: str) -> Record | None:
    """The catalogue entry with this code."""
    return await fetch_one("select * from product where code = $1", code)
