"""Reads about people's accounts, as all of the staff see them; never a password or its hash."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from app.accounts import throttling
from app.accounts.help_services import throttled_in
from app.accounts.queries import HAS_FACTOR, counts
from app.accounts.rules import DisabledBy
from app.database import fetch_one, fetch_value
from app.staff.rules import StaffRole
from app.web.lists.listings import Listing, Order, fields_of, words_in

ROLES = {role.value: f"u.staff_role = '{role.value}'" for role in StaffRole}
KINDS = {
    "customers": "u.staff_role is null",
    "staff": "u.staff_role is not null",
    "disabled": "u.disabled_at is not null",
}


@dataclass(frozen=True)
class ListedUser:
    """An account in the list; `contracts` is how many the person belongs to."""

    id: UUID
    code: str
    name: str
    email: str
    staff_role: str | None
    disabled_at: datetime | None
    last_sign_in_at: datetime | None
    contracts: int


USERS = Listing(
    row=fields_of(ListedUser),
    columns="""u.id, u.code, u.name, u.email, u.staff_role, u.disabled_at, u.last_sign_in_at,
        (select count(*) from membership m where m."user" = u.id) as contracts""",
    tables="portal_user u",
    key="u.id",
    orders={
        "code": Order("u.code"),
        "name": Order("u.name"),
        "newest": Order("u.created_at", down=True),
    },
    search=words_in("u.code", "u.name", "u.email"),
    filters={"kind": KINDS, "role": ROLES},
)


@dataclass(frozen=True)
class Membership:
    """A contract that a person belongs to."""

    number: str
    name: str
    role: str
    ends_on: date


@dataclass(frozen=True)
class SignedIn:
    """A browser in which a person is logged in."""

    user_agent: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class SeenAccount:
    """An account; one of a customer has no staff role."""

    id: UUID
    code: str
    name: str
    email: str
    language: str
    staff_role: str | None
    disabled_at: datetime | None
    disabled_by: str | None
    last_sign_in_at: datetime | None
    second_factor: bool
    memberships: list[Membership]
    sessions: list[SignedIn]

    @property
    def disabled_twice(self) -> bool:
        """Return whether both the vendor and the company's provider disabled it."""
        return self.disabled_by == DisabledBy.BOTH


async def find_user(id: UUID) -> SeenAccount | None:
    """Return an account, with its memberships and sessions."""
    row = await fetch_one(
        f"""
        select u.id, u.code, u.name, u.email, u.language, u.staff_role, u.disabled_at,
               u.disabled_by, u.last_sign_in_at, {HAS_FACTOR} as second_factor,
               coalesce((select json_agg(x) from (
                    select c.number, c.name, m.role, c.ends_on from membership m
                    join contract c on c.id = m.contract where m."user" = u.id
                    order by c.number limit 100) x), '[]')::text as memberships,
               coalesce((select json_agg(x) from (
                    select s.user_agent, s.created_at, s.last_seen_at from session s
                    where s."user" = u.id and s.expires_at > now()
                          and s.ended_at is null and {counts("s")}
                    order by s.last_seen_at desc limit 20) x), '[]')::text as sessions
        from portal_user u where u.id = $1
        """,
        id,
    )
    if row is None:
        return None
    memberships = msgspec.json.decode(row["memberships"], type=list[Membership])
    sessions = msgspec.json.decode(row["sessions"], type=list[SignedIn])
    return SeenAccount(**{**row, "memberships": memberships, "sessions": sessions})


async def is_rate_limited(account: SeenAccount) -> bool:
    """Return whether so many attempts failed lately that the next ones wait."""
    return await throttling.is_rate_limited(throttled_in(account.id, account.code, account.email))


async def code_or_address_taken(code: str, email: str) -> str:
    """Return `code-taken` or `address-taken`, or an empty string."""
    same_code = await fetch_value(
        "select code = $1 from portal_user where code = $1 or email = $2 order by 1 desc limit 1",
        code,
        email,
    )
    return {None: "", True: "code-taken", False: "address-taken"}[same_code]
