"""An audit log to check: many events at once, and somebody who can do anything to the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

from app.audit.checking import Report, verify_log
from app.audit.head_signing import HeadSigner, head_signer
from app.audit.linking import link_waiting
from app.database import fetch, fetch_value
from app.settings import Settings
from tests.conftest import Stage, in_database


async def add_events(count: int, event_type: str = "sign-in") -> None:
    """Record that many events, as the running role may."""
    await fetch(
        """
        insert into audit_event (id, at, event_type, actor, contract, subject, details, request_id)
        select gen_random_uuid(), now() + n * interval '1 microsecond', $2, gen_random_uuid(),
               null, null, jsonb_build_object('n', n, 'text', '"日本語"\n'), 'r' || n
        from generate_series(1, $1::int) n
        """,
        count,
        event_type,
    )


async def link_count() -> int:
    """Return how many links there are."""
    count: int = await fetch_value("select count(*) from audit_link")
    return count


def signer_of(settings: Settings) -> HeadSigner:
    """The key of the portal under test."""
    return head_signer(settings.secret_file)


async def link_and_verify(settings: Settings) -> Report:
    """Link what waits, then check everything."""
    await link_waiting(settings)
    return await verify_log(signer_of(settings))


@asynccontextmanager
async def intruder(stage: Stage, dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser on the same database, with every trigger switched off."""
    name = urlsplit(dsn).path.lstrip("/")
    connection = await asyncpg.connect(in_database(stage.addresses.admin, name))
    try:
        await connection.execute("set session_replication_role = replica")
        yield connection
    finally:
        await connection.close()
