"""The connection pool and the unit of work: every read and every change goes through here."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from app.database.metrics import busy_total, connections_in_use
from app.database.outages import DatabaseBusy, DatabaseReadOnly
from app.database.pool import Pool

POOL_SIZE = 10
ACQUIRE_SECONDS = 10.0
# Pages read few rows of large tables, and many pages are made at once. On today's disks and from
# memory an index is cheaper than the server takes it to be, which else reads a whole table for the
# thousand contracts of one person; helpers and compilation cost more than such a query.
SESSION = {
    "timezone": "UTC",
    "application_name": "license-portal",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}

# asyncpg's rows: read by column name; a template reads them as attributes.
Record: TypeAlias = Mapping[str, Any]


class PortalEngine(PostgresEngine):
    """Piccolo's engine, which asks nothing of the server before there is one to ask."""

    async def check_version(self) -> None:
        """Skip Piccolo's connection at import time; `migrate` checks the version."""


class _OpenTransaction:
    """What Piccolo's queries look for to run on the connection of the unit of work."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection


# Piccolo would look for a module `piccolo_conf` in the folder that the process was started in.
os.environ.setdefault("PICCOLO_CONF", "app.piccolo_app")
engine = PortalEngine(config={})
queries_made: ContextVar[list[str] | None] = ContextVar("queries_made", default=None)


async def open_pool(dsn: str, *, size: int = POOL_SIZE, at_once: bool = True) -> None:
    """Connect to the database at `dsn`; all queries of this process go there.

    Args:
        at_once: fail if the database does not answer; otherwise the first query connects.
    """
    engine.config = {"dsn": dsn}
    pool = Pool(dsn, size, SESSION)
    if at_once:
        await pool.open()
    engine.pool = cast(Any, pool)


async def close_pool() -> None:
    """Close the pool that open_pool made."""
    pool, engine.pool = engine.pool, None
    if pool is not None:
        await pool.close()


def _own_pool() -> Pool:
    pool = engine.pool
    assert pool is not None, "open_pool() comes first"
    return cast(Pool, pool)


async def _take(pool: Pool) -> asyncpg.Connection:
    """A connection, waited for where none is free; every one is given back by `_give_back`."""
    connection = pool.take_idle()
    if connection is None:
        try:
            connection = await pool.take(ACQUIRE_SECONDS)
        except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
            # A time-out, or a server that is away or refuses: whatever it says, there is none.
            busy_total.inc()
            raise DatabaseBusy(str(error) or type(error).__name__) from error
    connections_in_use.inc()
    return connection


def _give_back(
    pool: Pool, connection: asyncpg.Connection, error: BaseException | None = None
) -> None:
    connections_in_use.dec()
    pool.give_back(connection, error)
    if isinstance(error, OSError) and connection.is_closed():
        # What the network says of a line that broke is no error of the portal.
        raise DatabaseBusy(str(error) or type(error).__name__) from error


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[asyncpg.Connection]:
    """One transaction: committed when the block ends, rolled back when it raises.

    Piccolo's own transaction() leaks its connection when COMMIT fails and keeps its flag set;
    here both are undone whatever happens. Inside an open unit of work the block joins it, so
    that an act may be made of smaller ones and still be one transaction.

    Raises:
        DatabaseBusy: no connection came free.
    """
    if (current := engine.current_transaction.get()) is not None:
        yield current.connection
        return
    pool = _own_pool()
    connection = await _take(pool)
    try:
        async with connection.transaction():
            token = engine.current_transaction.set(
                cast(PostgresTransaction, _OpenTransaction(connection))
            )
            try:
                yield connection
            finally:
                engine.current_transaction.reset(token)
    except BaseException as error:
        _give_back(pool, connection, error)
        raise
    _give_back(pool, connection)


async def fetch(sql: str, *args: object) -> Sequence[Record]:
    """Rows of a query, inside the open unit of work if there is one."""
    if (made := queries_made.get()) is not None:
        made.append(sql)
    if (current := engine.current_transaction.get()) is not None:
        rows: Sequence[Record] = await current.connection.fetch(sql, *args)
        return rows
    pool = _own_pool()
    connection = await _take(pool)
    try:
        result: Sequence[Record]
        if pool.has_pooler:
            async with pool.pinning(connection):
                result = await connection.fetch(sql, *args)
        else:
            result = await connection.fetch(sql, *args)
    except BaseException as error:
        _give_back(pool, connection, error)
        raise
    _give_back(pool, connection)
    return result


async def fetch_one(sql: str, *args: object) -> Record | None:
    """The first row of a query, or None."""
    rows = await fetch(sql, *args)
    return rows[0] if rows else None


async def fetch_value(sql: str, *args: object) -> Any:
    """The first column of the first row of a query, or None."""
    row = await fetch_one(sql, *args)
    return next(iter(row.values())) if row is not None else None


async def check_ready() -> None:
    """Return if the database takes changes now.

    Raises:
        DatabaseBusy: it takes none, or had no room for one a moment ago.
    """
    if _own_pool().is_starved():
        raise DatabaseBusy("The database had no room for a change")
    if await fetch_value("show transaction_read_only") == "on":
        raise DatabaseReadOnly


async def run_script(sql: str) -> None:
    """Run several statements at once inside the open unit of work."""
    current = engine.current_transaction.get()
    assert current is not None, "a script runs inside a unit of work"
    await current.connection.execute(sql)
