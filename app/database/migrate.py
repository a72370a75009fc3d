"""Bringing a database to the tables of this version."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards

from app.database.connecting import connect
from app.database.engine import close_pool, fetch, fetch_value, open_pool, unit_of_work
from app.database.outages import DatabaseBusy

OLDEST_SERVER = 150_000
FOUNDATION = "2026-11-22T00:00:01"
# Before the first release 27 migrations made what the foundation makes; this was the last of them.
# A database that has it counts as founded, whatever it was made by.
LAST_BEFORE_FOUNDATION = "2026-11-29T13:10:00"
# The key of an advisory lock, any fixed number below 2^32. Only its holder migrates.
MIGRATION_LOCK = 0x4C50_6D69
LOCK_SECONDS = 60.0
LOCK_POLL_SECONDS = 0.2
HOLDER = """
    select a.pid, a.usename, host(a.client_addr) as client, a.xact_start
    from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.classid = 0 and l.objid = $1::bigint::oid
      and l.objsubid = 1 and l.granted
      and l.database = (select oid from pg_database where datname = current_database())
"""


class ServerTooOld(Exception):
    """The PostgreSQL server is older than version 15."""


class DatabaseTooOld(Exception):
    """The database is of a version before the first release, which no migration leads on from."""

    def __init__(self) -> None:
        super().__init__(
            "This database was created before the first release and cannot be updated. For the"
            " demo, run `make demo-reset`. Otherwise, use an empty database."
        )


class MigrationLocked(DatabaseBusy):
    """Another process is migrating the database, and is not done."""

    def __init__(self, holder: asyncpg.Record | None) -> None:
        if holder is None:
            super().__init__("Another process is migrating this database. Try again.")
            return
        where = f" from {holder['client']}" if holder["client"] else ""
        since = f" since {holder['xact_start']:%H:%M:%S} UTC" if holder["xact_start"] else ""
        super().__init__(
            f"Another process is migrating this database{since}: session {holder['pid']} of"
            f" {holder['usename']}{where}. Wait until it is done. If it hangs, end it with"
            f" select pg_terminate_backend({holder['pid']})"
        )


async def _lock(connection: asyncpg.Connection) -> None:
    """Acquire the right to migrate until the transaction ends; pgbouncer keeps no longer lock.

    Raises:
        MigrationLocked: another process had it all the time.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + LOCK_SECONDS
    while not await connection.fetchval("select pg_try_advisory_xact_lock($1)", MIGRATION_LOCK):
        if loop.time() > end:
            raise MigrationLocked(await connection.fetchrow(HOLDER, MIGRATION_LOCK))
        await asyncio.sleep(LOCK_POLL_SECONDS)


async def _grant(connection: asyncpg.Connection, runtime_role: str) -> None:
    """Let the running role read and write rows, but only add to the audit log."""
    role = '"' + runtime_role.replace('"', '""') + '"'
    await connection.execute(
        f"""
        grant usage on schema public to {role};
        grant select, insert, update, delete on all tables in schema public to {role};
        revoke update, delete, truncate on audit_event, audit_link, audit_head from {role};
        revoke update, truncate on audit_unlinked from {role};
        revoke insert, update, delete on migration from {role};
        """
    )


@asynccontextmanager
async def migrated(
    owner_url: str, runtime_url: str, *, through: str = "all"
) -> AsyncIterator[asyncpg.Connection]:
    """The transaction in which the migrations ran that had not yet, committed after the block.

    Concurrent first migrations crash in Piccolo; an advisory lock lets the second wait and find
    nothing to do.

    Args:
        through: id of the last migration to run.

    Raises:
        ServerTooOld: below PostgreSQL 15.
        DatabaseTooOld: its tables are of an early version.
        MigrationLocked: another process migrates it all the time.
    """
    await open_pool(owner_url, size=2)
    try:
        async with unit_of_work() as connection:
            version = int(await connection.fetchval("show server_version_num"))
            if version < OLDEST_SERVER:
                raise ServerTooOld("The portal needs PostgreSQL 15 or newer.")
            await _lock(connection)
            await _count_as_founded(connection)
            await run_migrations(through)
            yield connection
            runtime = await _role_of(runtime_url)
            if runtime != await connection.fetchval("select current_user"):
                await _grant(connection, runtime)
    finally:
        await close_pool()


def since_foundation(ran: Sequence[str]) -> list[str]:
    """Return the ids of migrations that ran, the foundation in place of those before it.

    Raises:
        DatabaseTooOld: some before the foundation ran, but not all.
    """
    if not ran or FOUNDATION in ran:
        return list(ran)
    if LAST_BEFORE_FOUNDATION not in ran:
        raise DatabaseTooOld
    return [FOUNDATION, *sorted(id for id in ran if id > LAST_BEFORE_FOUNDATION)]


async def _count_as_founded(connection: asyncpg.Connection) -> None:
    """Remember the foundation as done where the migrations before it made the same tables."""
    if await connection.fetchval("select to_regclass('public.migration')") is None:
        return
    rows = await connection.fetch("select name from migration where app_name = 'portal'")
    ran = [row["name"] for row in rows]
    counted = since_foundation(ran)
    if set(counted) == set(ran):
        return
    await connection.execute(
        "delete from migration where app_name = 'portal' and name <> all($1::text[])", counted
    )
    await connection.execute(
        "insert into migration (name, app_name, ran_on) values ($1, 'portal', now())", FOUNDATION
    )


async def run_migrations(through: str = "all") -> None:
    """Run what has not run yet, inside the open unit of work."""
    with contextlib.redirect_stdout(io.StringIO()):
        await run_forwards("portal", through)


def known_migrations() -> list[str]:
    """Ids of this version's migrations, in their order."""
    manager = BaseMigrationManager()
    folder = manager.get_app_config("portal").resolved_migrations_folder_path
    return sorted(manager.get_migration_ids(manager.get_migration_modules(folder)))


async def missing_migrations() -> int:
    """Return how many migrations of this version have not run on the database of the pool."""
    if await fetch_value("select to_regclass('public.migration')") is None:
        return len(known_migrations())
    rows = await fetch("select name from migration where app_name = 'portal'")
    return len(set(known_migrations()) - {row["name"] for row in rows})


async def migrate(owner_url: str, runtime_url: str) -> None:
    """Run the migrations that have not run yet, all or none, one process at a time.

    Raises:
        ServerTooOld: below PostgreSQL 15.
        DatabaseTooOld: its tables are of an early version.
    """
    async with migrated(owner_url, runtime_url):
        pass


async def _role_of(url: str) -> str:
    connection = await connect(url)
    try:
        async with connection.transaction():
            role: str = await connection.fetchval("select current_user")
        return role
    finally:
        await connection.close()
