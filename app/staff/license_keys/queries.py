"""Reads about license keys. A whole key is money: lists show its first and its last group only."""

from uuid import UUID

from app.database import Record, fetch_one
from app.products.key_rules import plain_key
from app.staff.list_queries import Listed, Order, Source, Where, list_rows
from app.web.searching import pattern

# The day at the vendor's; a contract may still have the day before, or the next one.
TODAY = "(now() at time zone 'Asia/Tokyo')::date"
MASKED = "left(k.code, 5) || '…' || right(k.code, 5)"
KEYS = Source(
    columns=f"""k.id, {MASKED} as masked, k.quantity, k.starts_on, k.ends_on, k.issued_at,
        k.revoked_at, k.ends_on < {TODAY} as ended, p.code as product, p.unit,
        c.number as redeemed_by""",
    tables="""license_key k join product p on p.id = k.product
        left join entitlement e on e.license_key = k.id
        left join contract c on c.id = e.contract""",
    key="k.id",
    orders={"newest": Order("k.issued_at", down=True), "end": Order("k.ends_on")},
)
STATES = {
    "free": f"e.id is null and k.revoked_at is null and k.ends_on >= {TODAY}",
    "redeemed": "e.id is not null",
    "revoked": "k.revoked_at is not null",
    "ended": f"e.id is null and k.revoked_at is null and k.ends_on < {TODAY}",
}


async def list_keys(search: str, *, state: str, order: str, after: UUID | None) -> Listed:
    """License keys whose characters, however they are typed, have the search words."""
    where = Where()
    if search:
        where.add("replace(k.code, '-', '') like {}", pattern(plain_key(search)))
    if state:
        where.add(STATES[state])
    return await list_rows(KEYS, where, order=order, after=after)


async def find_key(id: UUID) -> Record | None:
    """A license key, with what became of it."""
    return await fetch_one(
        f"""
        select k.id, {MASKED} as masked, k.quantity, k.starts_on, k.ends_on, k.issued_at,
               k.revoked_at, k.ends_on < {TODAY} as ended, k.batch, p.code as product, p.unit,
               meant.number as only_for,
               c.number as redeemed_by, e.created_at as redeemed_at
        from license_key k join product p on p.id = k.product
        left join contract meant on meant.id = k.contract
        left join entitlement e on e.license_key = k.id left join contract c on c.id = e.contract
        where k.id = $1
        """,
        id,
    )


async def find_batch(id: UUID) -> Record | None:
    """A batch of license keys, and who took it away first."""
    return await fetch_one(
        """
        select k.batch as id, count(*) as number, min(k.issued_at) as issued_at,
               min(p.code) as product, min(p.unit) as unit, min(k.quantity) as quantity,
               min(k.starts_on) as starts_on, min(k.ends_on) as ends_on,
               count(e.id) as redeemed, count(k.revoked_at) as revoked,
               max(x.exported_at) as exported_at, max(u.name) as exported_by
        from license_key k join product p on p.id = k.product
        left join entitlement e on e.license_key = k.id
        left join license_key_export x on x.batch = k.batch
        left join portal_user u on u.id = x.exported_by
        where k.batch = $1 group by k.batch
        """,
        id,
    )


async def find_contract_id(number: str) -> UUID | None:
    """The contract with this number."""
    row = await fetch_one("select id from contract where number = $1", number)
    return row["id"] if row else None
