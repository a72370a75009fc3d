"""Ask the provider from time to time whether a person may still sign in."""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from app import clock
from app.accounts.ending_services import end_sessions
from app.accounts.exit_services import encrypt_grant, open_grant
from app.accounts.rules import Ending
from app.audit.services import record
from app.database import Record, fetch, fetch_one, unit_of_work
from app.settings import Settings
from app.single_sign_on import provider_services, queries
from app.single_sign_on.rules import ANSWERED_WITHIN, ASKED_EVERY, Connection, Refused, Why

# Longer than an answer takes: after that, another request may ask.
LEASE = timedelta(seconds=ANSWERED_WITHIN + 2)
PAUSE = 0.1
log = structlog.get_logger()


async def may_stay(settings: Settings, session: UUID) -> bool:
    """Ask the provider of a session, if it is time; False if the session has ended by it.

    Of several requests one asks, and the others wait for its answer. A provider that does not
    answer says nothing of the person, so the session stays until it expires.
    """
    while (asked := await _take(session)) is None:
        if not await _is_asked(session):
            return await _runs(session)
        await asyncio.sleep(PAUSE)
    connection = await queries.find_connection_by_id(asked["provider"])
    grant = open_grant(settings, asked["user"], asked["provider_grant"])
    if connection is None or grant is None:
        await _note(session, None)
        return True
    try:
        fresh = await _answer(settings, connection, grant)
    except Refused as refused:
        if refused.why is Why.NO_LONGER:
            await _end(connection, session, asked["user"])
            return False
        fresh = None
    await _note(session, encrypt_grant(settings, asked["user"], fresh) if fresh else None)
    return True


async def _take(session: UUID) -> Record | None:
    """Become the request that asks; None where another one does, or it is not time."""
    now = clock.now()
    return await fetch_one(
        "update session set provider_asked_until = $3 where id = $1 and ended_at is null"
        " and provider_checked_at <= $4"
        " and (provider_asked_until is null or provider_asked_until <= $2)"
        ' returning "user", provider, provider_grant',
        *(session, now, now + LEASE, now - ASKED_EVERY),
    )


async def _is_asked(session: UUID) -> bool:
    """Whether another request asks now."""
    found = await fetch_one(
        "select 1 from session where id = $1 and ended_at is null and provider_asked_until > $2"
        " and provider_checked_at <= $3",
        *(session, clock.now(), clock.now() - ASKED_EVERY),
    )
    return found is not None


async def _runs(session: UUID) -> bool:
    found = await fetch_one("select 1 from session where id = $1 and ended_at is null", session)
    return found is not None


async def _answer(settings: Settings, connection: Connection, grant: str) -> str | None:
    """Return a new refresh token, if there is one.

    Raises:
        Refused: the person may not sign in any longer, or there is no answer in time.
    """
    try:
        async with asyncio.timeout(ANSWERED_WITHIN):
            return await provider_services.refresh(settings, connection, grant)
    except TimeoutError:
        log.warning("provider-down", reason="no answer in time")
        raise Refused(Why.PROVIDER_DOWN) from None


async def _note(session: UUID, grant: bytes | None) -> None:
    await fetch(
        "update session set provider_checked_at = $2, provider_asked_until = null,"
        " provider_grant = coalesce($3, provider_grant) where id = $1",
        *(session, clock.now(), grant),
    )


async def _end(connection: Connection, session: UUID, user: UUID) -> None:
    async with unit_of_work():
        await end_sessions(user, Ending.PROVIDER, only=session)
        await record("single-sign-on-ending", actor=user, subject=connection.company, why="refused")
