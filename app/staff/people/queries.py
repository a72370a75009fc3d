"""Reads about people's accounts, as all of the staff see them; never a password or its hash."""

import json
from typing import Any
from uuid import UUID

from app.accounts import throttling
from app.accounts.help_services import throttled_in
from app.accounts.queries import HAS_FACTOR, counts
from app.database import fetch_one
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

USERS = Source(
    columns="""u.id, u.code, u.name, u.email, u.staff_role, u.disabled_at, u.last_sign_in_at,
        (select count(*) from membership m where m."user" = u.id) as contracts""",
    tables="portal_user u",
    key="u.id",
    orders={
        "code": Order("u.code"),
        "name": Order("u.name"),
        "newest": Order("u.created_at", down=True),
    },
)
KINDS = {
    "customers": "u.staff_role is null",
    "staff": "u.staff_role is not null",
    "disabled": "u.disabled_at is not null",
}


async def list_users(search: str, *, kind: str, order: str, after: UUID | None) -> Listed:
    """People whose code, name or mail address has the words."""
    where = Where()
    where.contains(search, "u.code", "u.name", "u.email")
    if kind:
        where.add(KINDS[kind])
    return await list_rows(USERS, where, order=order, after=after)


async def find_user(id: UUID) -> dict[str, Any] | None:
    """An account, with its memberships and sessions as lists, and whether it is slowed down."""
    row = await fetch_one(
        f"""
        select u.id, u.code, u.name, u.email, u.language, u.staff_role, u.disabled_at,
               u.last_sign_in_at, u.created_at, u.must_change_password,
               {HAS_FACTOR} as second_factor,
               (select json_agg(x) from (
                    select c.number, c.name, m.role, c.ends_on from membership m
                    join contract c on c.id = m.contract where m."user" = u.id
                    order by c.number limit 100) x)::text as memberships,
               (select json_agg(x) from (
                    select s.user_agent, s.created_at, s.last_seen_at from session s
                    where s."user" = u.id and s.expires_at > now()
                          and s.ended_at is null and {counts("s")}
                    order by s.last_seen_at desc limit 20) x)::text as sessions
        from portal_user u where u.id = $1
        """,
        id,
    )
    if row is None:
        return None
    found = dict(row)
    for name in ("memberships", "sessions"):
        found[name] = json.loads(found[name] or "[]")
    return found


async def is_slowed_down(account: Any) -> bool:
    """Whether so many attempts failed lately that the next ones wait."""
    return await throttling.is_slowed_down(throttled_in(account))


async def code_or_address_taken(code: str, email: str) -> str:
    """`code-taken` or `address-taken`, or an empty string."""
    row = await fetch_one(
        "select code = $1 as same_code from portal_user where code = $1 or email = $2"
        " order by 1 desc limit 1",
        code,
        email,
    )
    if row is None:
        return ""
    return "code-taken" if row["same_code"] else "address-taken"
