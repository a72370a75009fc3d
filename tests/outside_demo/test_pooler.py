"""The portal behind pgbouncer in transaction mode, where clients share connections."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from app.accounts.tables import User
from app.database import close_pool, engine, fetch_value, open_pool, unit_of_work
from app.database.connecting import leads_to_pooler
from app.main import make_app
from tests.conftest import Portal, Stage, in_database
from tests.missing import missing
from tests.outside_demo.pgbouncer import SERVERS, pgbouncer
from tests.outside_demo.site import run_portal
from tests.servers import Server

NEW = "/contracts/D-1001/environments/new"
PAGES = ("", "/products", "/environments", "/members", "/group-companies", "/resources")


@pytest.fixture(scope="module")
def port(stage: Stage) -> Iterator[int]:
    if shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") is None:
        missing("there is no pgbouncer: install Debian's package pgbouncer")
    with pgbouncer(stage.addresses) as found:
        yield found


def through(dsn: str, port: int) -> str:
    """The same database by way of the pooler."""
    return dsn.replace(f":{urlsplit(dsn).port}/", f":{port}/")


@pytest.fixture
async def pooled(stage: Stage, port: int) -> AsyncIterator[Portal]:
    """The application, whose pool has the pooler in front of it."""
    dsn = through(await stage.copy(), port)
    await open_pool(dsn)
    yield Portal(make_app(stage.settings, dsn), stage.settings, dsn)
    await close_pool()


async def test_a_pooler_is_noticed_and_a_server_is_not_taken_for_one(
    stage: Stage, pooled: Portal
) -> None:
    assert await leads_to_pooler(pooled.dsn)
    assert not await leads_to_pooler(stage.addresses.runtime)


async def test_pages_and_changes_work_side_by_side(pooled: Portal) -> None:
    """More requests at once than the pooler has connections to the server."""

    async def change(client: httpx.AsyncClient, number: int) -> int:
        answer = await client.post(NEW, data={"name": f"検証{number}", "sort_key": "9"})
        assert answer.status_code == 303, answer.text
        return (await client.post(answer.headers["location"])).status_code

    async with await pooled.signed_in("owner") as owner:
        for turn in range(5):
            pages = (owner.get(f"/contracts/D-1001{ending}") for ending in PAGES)
            counts = (User.count() for _ in range(5))
            changes = (change(owner, number) for number in (2 * turn, 2 * turn + 1))
            found = await asyncio.gather(*pages, *counts, *changes, return_exceptions=True)
            broken = [one for one in found if isinstance(one, BaseException)]
            assert not broken, broken
    pool = engine.pool
    assert pool is not None and pool.get_idle_size() == pool.get_size() > SERVERS


async def test_nothing_is_left_in_the_sessions_that_clients_share(
    stage: Stage, pooled: Portal
) -> None:
    async with await pooled.signed_in("owner") as owner:
        assert (await owner.get("/contracts/D-1001")).status_code == 200
    async with unit_of_work():
        assert await fetch_value("select count(*) from pg_prepared_statements") == 0
        assert await fetch_value("show timezone") == "UTC"
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        held = "select count(*) from pg_locks where locktype = 'advisory'"
        assert await admin.fetchval(held) == 0
    finally:
        await admin.close()


async def _empty(stage: Stage, name: str) -> tuple[str, str]:
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        await admin.execute(f"create database {name} owner portal_owner")
    finally:
        await admin.close()
    return in_database(stage.addresses.runtime, name), in_database(stage.addresses.owner, name)


async def test_commands_and_servers_work_by_way_of_the_pooler(
    stage: Stage, port: int, tmp_path: Path
) -> None:
    """A migration, a backup, a server with two processes, and a command beside it."""
    runtime, owner = (through(dsn, port) for dsn in await _empty(stage, "pooled"))
    environ = {
        "PORTAL_DATABASE_URL": runtime,
        "PORTAL_MIGRATE_URL": owner,
        "PORTAL_DATA_DIR": str(tmp_path),
    }

    async def run(*arguments: str) -> str:
        done = await asyncio.to_thread(run_portal, *arguments, **environ)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    await asyncio.gather(run("migrate"), run("migrate"))
    await run("backup", str(tmp_path / "backup.zip"))
    with Server(tmp_path, runtime, owner, workers=2) as server:
        async with httpx.AsyncClient(base_url=server.url) as client:
            pages = await asyncio.gather(*(client.get("/login") for _ in range(20)))
            assert {page.status_code for page in pages} == {200}
        assert "no problems" in await run("audit", "verify")
    assert [json.loads(line) for line in server.lines if not line.startswith("ready")]
