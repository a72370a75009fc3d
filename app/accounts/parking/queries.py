"""Reads about kept forms, and about the sessions that sent them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.queries import counts
from app.accounts.rules import Ending, OverSession
from app.accounts.tables import ParkedForm
from app.database import fetch, fetch_one, row


@dataclass(frozen=True)
class Parked:
    """A form that was kept for a person, and the browser that sent it."""

    id: UUID
    path: str
    content_type: str
    form: bytes
    created_at: datetime
    user_agent: str


async def find_parked_form(user: UUID, id: UUID, now: datetime) -> Parked | None:
    """Return a form that was kept for the person."""
    return await row(
        Parked,
        "select p.id, p.path, p.content_type, p.form, p.created_at,"
        " coalesce(s.user_agent, '') as user_agent"
        " from parked_form p left join session s on s.id = p.session"
        ' where p.id = $1 and p."user" = $2 and p.expires_at > $3',
        id,
        user,
        now,
    )


async def lock_session(user: UUID, session: UUID) -> OverSession | None:
    """Lock a session behind its account: its forms are kept one after the other.

    Code that ends sessions also locks the account, so the answer is current: the session runs or
    is over. None if it is gone or void without a reason, or the account is.
    """
    open_account = "select 1 from portal_user where id = $1 and disabled_at is null for share"
    if not await fetch(open_account, user):
        return None
    found = await fetch_one(
        "select s.expires_at, s.ended_at, s.end_reason from session s"
        ' join portal_user u on u.id = s."user"'
        f" where s.id = $1 and u.id = $2 and (s.ended_at is not null or {counts('s')})"
        " for update of s",
        session,
        user,
    )
    if found is None:
        return None
    ending = Ending(found["end_reason"]) if found["end_reason"] else None
    return OverSession(session, user, ending, found["ended_at"] or found["expires_at"])


async def count_parked(session: UUID) -> int:
    """Count the forms that are kept that came with a session."""
    found: int = await ParkedForm.count().where(ParkedForm.session == session)
    return found


async def is_kept(user: UUID, id: UUID, now: datetime) -> bool:
    """Return whether a form, or a change that waits for 決定, of the person has this id."""
    found = await fetch_one(
        'select 1 from parked_form where id = $1 and "user" = $2 and expires_at > $3'
        ' union all select 1 from confirmation where id = $1 and "user" = $2 and expires_at > $3',
        id,
        user,
        now,
    )
    return found is not None
