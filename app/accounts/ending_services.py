"""End sessions. An ended session opens no page; its browser shows the reason."""

from collections.abc import Sequence
from uuid import UUID

from app import clock
from app.accounts.rules import FORGETS_FORMS, Ending
from app.accounts.tables import Session
from app.database import fetch


async def end_sessions(
    user: UUID, ending: Ending, *, only: UUID | None = None, but: UUID | None = None
) -> int:
    """End sessions of a person inside the open unit of work; answer how many ran.

    Args:
        only: the one session to end; all of them unless given.
        but: the session that stays open.
    """
    now = clock.now()
    if ending in FORGETS_FORMS:
        await _forget_forms(user)
    ended = await fetch(
        'update session set ended_at = $2, end_reason = $3 where "user" = $1 and ended_at is null'
        " and ($4::uuid is null or id = $4) and id is distinct from $5 returning expires_at",
        *(user, now, ending.value, only, but),
    )
    if ending in FORGETS_FORMS:
        # A session that ended before may also be the intruder's.
        await Session.update({Session.end_reason: ending.value}).where(
            (Session.user == user) & Session.ended_at.is_not_null()
        )
    return sum(row["expires_at"] > now for row in ended)


async def end_sessions_of(users: Sequence[UUID], ending: Ending, *, by_provider: bool) -> None:
    """End the sessions of people that began by a provider, or else by password.

    A sign-in that is under way ends first: the accounts are locked, as it locks them.
    """
    await fetch(
        "select id from portal_user where id = any($1) order by id for no key update", list(users)
    )
    await fetch(
        'update session set ended_at = $2, end_reason = $3 where "user" = any($1)'
        " and by_provider = $4 and ended_at is null",
        *(list(users), clock.now(), ending.value, by_provider),
    )
    await fetch(
        'delete from pending_sign_in where "user" = any($1) and (provider is not null) = $2',
        list(users),
        by_provider,
    )


async def end_provider_session(
    connection: UUID, user: UUID, session: str | None, *, unnamed: bool = False
) -> int:
    """End what a provider vouched for of a person, inside the open unit of work.

    A sign-in that is under way ends first: the account is locked, as it locks it.

    Args:
        session: what the provider calls its session; None for all of the person's.
        unnamed: end only those of which the provider never said what it calls them.

    Returns:
        How many sessions and sign-ins ended.
    """
    await fetch("select id from portal_user where id = $1 for no key update", user)
    ended = await fetch(
        'update session set ended_at = $4, end_reason = $5 where "user" = $2 and provider = $1'
        " and ($3::text is null or provider_session = $3)"
        " and (provider_session is null or not $6) and ended_at is null returning id",
        *(connection, user, session, clock.now(), Ending.PROVIDER.value, unnamed),
    )
    pending = await fetch(
        'delete from pending_sign_in where "user" = $2 and provider = $1'
        " and ($3::text is null or provider_session = $3)"
        " and (provider_session is null or not $4) returning id",
        *(connection, user, session, unnamed),
    )
    return len(ended) + len(pending)


async def _forget_forms(user: UUID) -> None:
    """Delete forms kept of sessions that a person ended; those of expired sessions stay."""
    await fetch(
        "delete from parked_form f using session s"
        ' where f."user" = $1 and s.id = f.session and s.ended_at is not null',
        user,
    )
