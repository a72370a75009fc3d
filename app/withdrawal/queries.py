"""Reads before a person leaves, and after."""

from datetime import datetime
from uuid import UUID

from app.accounts.rules import Viewer
from app.accounts.tables import User
from app.contracts.queries import SEEN, seen_contract
from app.database import fetch
from app.withdrawal.rules import Leaving, Words
from app.withdrawal.tables import Withdrawal

LEAVING = f"""
    select own.*, last.administrator as last_administrator,
           own.role = 'owner'
           and own.ends_on >= (now() at time zone own.time_zone)::date
           and not exists (
               select 1 from membership other join portal_user o on o.id = other."user"
               where other.contract = own.id and other.role = 'owner' and other."user" <> $1
                 and (o.disabled_at is null or last.disabled)
           ) as keeps
    from (select exists (
              select 1 from portal_user
              where id = $1 and staff_role = 'administrator' and disabled_at is null
          ) and not exists (
              select 1 from portal_user
              where id <> $1 and staff_role = 'administrator' and disabled_at is null
          ) as administrator, exists (
              select 1 from portal_user where id = $1 and disabled_at is not null
          ) as disabled) last
    left join ({SEEN}) own on true
    order by own.number
"""


async def find_leaving(user: UUID) -> Leaving:
    """Return what a person would leave behind, in one query."""
    rows = await fetch(LEAVING, user)
    own = [row for row in rows if row["id"] is not None]
    return Leaving(
        contracts=[seen_contract(row) for row in own],
        kept_by=frozenset(row["id"] for row in own if row["keeps"]),
        last_administrator=rows[0]["last_administrator"],
    )


async def find_account(user: UUID) -> User | None:
    """Return the account, if it is there still."""
    return await User.objects().where(User.id == user).first()


async def find_words(account: User) -> Words:
    """Return what identifies the person: code, name, and every known address."""
    found = await fetch(
        'select email from email_change where "user" = $1'
        " union select email from invitation where accepted_by = $1",
        account.id,
    )
    addresses = {account.email, *(row["email"] for row in found)}
    return Words(account.code, account.name, sorted(addresses))


async def is_withdrawn(session: UUID) -> bool:
    """Return whether a person withdrew in this session."""
    return await Withdrawal.exists().where(Withdrawal.id == session)


async def is_here(viewer: Viewer) -> bool:
    """Return whether the person's account is there still."""
    return await User.exists().where(User.id == viewer.id)


async def list_erasures() -> list[tuple[UUID, datetime]]:
    """Return who was erased and when, the oldest first."""
    found = await Withdrawal.select(Withdrawal.erased_user, Withdrawal.at).order_by(
        Withdrawal.at, Withdrawal.erased_user
    )
    return [(row["erased_user"], row["at"]) for row in found]
