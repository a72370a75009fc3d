"""An upgrade from the last release keeps everything; released migrations stay as they are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.database.migrate import known_migrations, migrate
from tests.conftest import Stage, in_database
from tests.servers import Server
from tests.shipping.released import dump, hashes, released_database, released_hashes, restore

PASSWORD = "portal-demo-2026"
TABLES = "select quote_ident(tablename) from pg_tables where schemaname = 'public'"


@dataclass
class Upgraded:
    """A database of the last release, migrated to this version.

    Attributes:
        before, after: rows of each table.
    """

    owner: str
    runtime: str
    before: dict[str, int]
    after: dict[str, int]


async def _counts(dsn: str) -> dict[str, int]:
    connection = await asyncpg.connect(dsn)
    try:
        names = [row[0] for row in await connection.fetch(TABLES)]
        return {name: await connection.fetchval(f"select count(*) from {name}") for name in names}
    finally:
        await connection.close()


async def _make_empty(stage: Stage, name: str) -> str:
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.execute(f"create database {name} owner portal_owner")
    finally:
        await admin.close()
    return in_database(stage.addresses.owner, name)


@pytest.fixture
async def upgraded(stage: Stage) -> AsyncIterator[Upgraded]:
    owner = await _make_empty(stage, "released")
    runtime = in_database(stage.addresses.runtime, "released")
    await restore(owner, released_database())
    before = await _counts(owner)
    await migrate(owner, runtime)
    yield Upgraded(owner, runtime, before, await _counts(owner))
    await _make_empty(stage, "released")


async def test_an_upgraded_database_has_the_tables_of_a_new_one(
    stage: Stage, upgraded: Upgraded
) -> None:
    new = await _make_empty(stage, "quite_new")
    await migrate(new, in_database(stage.addresses.runtime, "quite_new"))
    assert dump(upgraded.owner, "--schema-only") == dump(new, "--schema-only")


async def test_an_upgrade_loses_no_row(upgraded: Upgraded) -> None:
    assert upgraded.before["contract"] and upgraded.before["audit_event"]
    assert upgraded.after.pop("migration") == len(known_migrations())
    kept = {name: upgraded.after[name] for name in upgraded.before if name in upgraded.after}
    assert kept == {name: upgraded.before[name] for name in kept}


async def test_people_sign_in_and_read_their_contracts_after_an_upgrade(
    upgraded: Upgraded, tmp_path: Path
) -> None:
    with Server(tmp_path, upgraded.runtime, upgraded.owner) as server:
        client = httpx.AsyncClient(base_url=server.url, follow_redirects=True, timeout=30)
        async with client as browser:
            answer = await browser.post("/login", data={"code": "owner", "password": PASSWORD})
            assert answer.status_code == 200 and answer.url.path != "/login"
            for page in ("products", "environments", "history", "resources"):
                answer = await browser.get(f"/contracts/D-1001/{page}")
                assert answer.status_code == 200, page
                assert answer.url.path.endswith(page)


def test_a_released_migration_is_never_changed_or_removed() -> None:
    """Installations have run them; what they did there, another one has to change."""
    now, then = hashes(), released_hashes()
    assert {name: now.get(name) for name in then} == then
