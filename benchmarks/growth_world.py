"""Portals of a chosen size for benchmarks/growth.py, and what must be true of them."""

import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from app.database.embedded import Addresses
from app.database.migrate import migrate
from tests.conftest import in_database

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
    """Make a database by the migrations, fill it, and let autovacuum's work be done at once."""
    admin = await asyncpg.connect(addresses.admin)
    await admin.execute(f"create database {name} owner portal_owner")
    await admin.close()
    runtime = in_database(addresses.runtime, name)
    await migrate(in_database(addresses.owner, name), runtime)
    admin = await asyncpg.connect(in_database(addresses.admin, name))
    try:
        seconds = await _load(admin, size)
        for rule in BROKEN:
            assert await admin.fetchval(rule) == 0, rule
        disk = await admin.fetchval("select pg_database_size(current_database())")
    finally:
        await admin.close()
    return World(runtime, size, seconds, disk)


async def _load(admin: asyncpg.Connection, size: Size) -> float:
    begin = time.perf_counter()
    for setting, value in vars(size).items():
        await admin.execute(f"set growth.{setting} = {int(value)}")
    await admin.execute(SCRIPT.read_text())
    await admin.execute("vacuum analyze")
    return time.perf_counter() - begin
