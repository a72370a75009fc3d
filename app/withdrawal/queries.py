"""Reads before somebody leaves, and after."""

from datetime import datetime
from uuid import UUID

from app.accounts.rules import Viewer
from app.contracts.queries import SEEN, seen_contract
from app.database import Record, fetch, fetch_one, fetch_value
from app.withdrawal.rules import Leaving, Words

LEAVING = f"""
    select own.*, last.administrator as last_administrator,
           own.role = 'owner'
           and own.ends_on >= (now() at time zone own.time_zone)::date
           and not exists (
               select 1 from membership other
               where other.contract = own.id and other.role = 'owner' and other."user" <> $1
           ) as keeps
    from (select exists (
              select 1 from portal_user
              where id = $1 and staff_role = 'administrator' and disabled_at is null
          ) and not exists (
              select 1 from portal_user
              where id <> $1 and staff_role = 'administrator' and disabled_at is null
          ) as administrator) last
    left join ({SEEN}) own on true
    order by own.number
"""


async def find_leaving(user: UUID) -> Leaving:
    """What a person would leave behind, in one query."""
    rows = await fetch(LEAVING, user)
    own = [row for row in rows if row["id"] is not None]
    return Leaving(
        contracts=[seen_contract(row) for row in own],
        kept_by=frozenset(row["id"] for row in own if row["keeps"]),
        last_administrator=rows[0]["last_administrator"],
    )


async def find_account(user: UUID) -> Record | None:
    """The account, if it is there still: code, name, email, language, staff."""
    return await fetch_one(
        "select code, name, email, language, staff_role is not null as staff"
        " from portal_user where id = $1",
        user,
    )


async def find_words(user: UUID, account: Record) -> Words:
    """What tells who the person is: code, name, and every address that the portal has of them."""
    rows = await fetch(
        'select email from email_change where "user" = $1'
        " union select email from invitation where accepted_by = $1",
        user,
    )
    addresses = {account["email"], *(row["email"] for row in rows)}
    return Words(account["code"], account["name"], sorted(addresses))


async def is_withdrawn(session: UUID) -> bool:
    """Whether somebody withdrew in this session."""
    return bool(await fetch_value("select 1 from withdrawal where id = $1", session))


async def is_here(viewer: Viewer) -> bool:
    """Whether the person's account is there still."""
    return bool(await fetch_value("select 1 from portal_user where id = $1", viewer.id))


async def list_erasures() -> list[tuple[UUID, datetime]]:
    """Who was erased and when, the oldest first."""
    rows = await fetch("select erased_user, at from withdrawal order by at, erased_user")
    return [(row["erased_user"], row["at"]) for row in rows]
