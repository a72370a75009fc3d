"""Portals of a chosen size for benchmarks/growth.py, and what must be true of them."""

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg

from app.database.embedded import Addresses
from app.database.migrate import migrate
from tests.conftest import in_database

Result = TypeVar("Result")
SCRIPT = Path(__file__).with_name("growth.sql")
# What the sleeping triggers would have refused; each answers how often it was broken.
BROKEN = (
    """select count(*) from entitlement e
       where e.quantity < (select sum(quantity) from allocation where entitlement = e.id)""",
    """select count(*) from entitlement e where e.quantity < counts_in_use(e.id)""",
    """select count(*) from allocation a join environment e on e.id = a.environment
       join entitlement t on t.id = a.entitlement
       where e.retired_at is not null or e.contract <> a.contract or t.contract <> a.contract""",
    """select count(*) from contract c where not exists (
       select 1 from membership where contract = c.id and role = 'owner')""",
    """select count(*) from group_company g join contract c on c.id = g.contract
       join company own on own.id = c.company join company other on other.id = g.company
       where own.id = other.id or own.corporate_group <> other.corporate_group""",
)


@dataclass(frozen=True)
class Size:
    """How many rows of what people count; everything else is in proportion."""

    contracts: int
    environments: int
    notices: int
    wide_contracts: int = 0
    wide_environments: int = 0


@dataclass(frozen=True)
class World:
    """A database of this size.

    Attributes:
        dsn: the running role's address.
        seconds: how long it took to load.
        disk: its size in bytes.
    """

    dsn: str
    size: Size
    seconds: float
    disk: int


async def make_world(addresses: Addresses, name: str, size: Size) -> World:
    """Make a database by the migrations, fill it, and let autovacuum's work be done at once.

    One of this name and size that is there already is brought to today's tables.
    """
    runtime = in_database(addresses.runtime, name)
    made = await _in(addresses.admin, lambda admin: _create(admin, name))
    await migrate(in_database(addresses.owner, name), runtime)
    return await _in(
        in_database(addresses.admin, name),
        lambda admin: (_fill if made else _known)(admin, runtime, size),
    )


async def _in(dsn: str, work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    connection = await asyncpg.connect(dsn)
    try:
        return await work(connection)
    finally:
        await connection.close()


async def _create(admin: asyncpg.Connection, name: str) -> bool:
    """Whether the database had to be made."""
    if await admin.fetchval("select 1 from pg_database where datname = $1", name):
        return False
    await admin.execute(f"create database {name} owner portal_owner")
    return True


async def _fill(admin: asyncpg.Connection, dsn: str, size: Size) -> World:
    begin = time.perf_counter()
    for setting, value in vars(size).items():
        await admin.execute(f"set growth.{setting} = {int(value)}")
    await admin.execute(SCRIPT.read_text("utf-8"))
    await admin.execute("vacuum analyze")
    seconds = time.perf_counter() - begin
    for rule in BROKEN:
        assert await admin.fetchval(rule) == 0, rule
    await admin.execute(
        "create schema growth create table made (size text, seconds double precision)"
    )
    await admin.execute("insert into growth.made values ($1, $2)", json.dumps(vars(size)), seconds)
    return await _known(admin, dsn, size)


async def _known(admin: asyncpg.Connection, dsn: str, size: Size) -> World:
    await admin.execute("vacuum analyze")
    row = await admin.fetchrow(
        "select size, seconds, pg_database_size(current_database()) as disk from growth.made"
    )
    assert json.loads(row["size"]) == vars(size), "the kept database has another size"
    return World(dsn, size, row["seconds"], row["disk"])
