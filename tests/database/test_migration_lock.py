"""One process migrates; others wait for a while, then say who is at it."""

import asyncio
import sys

import asyncpg
import pytest

from app.database.migrate import MIGRATION_LOCK, MigrationLocked, migrate
from tests.conftest import Stage


async def test_waiting_for_another_migration_ends_and_names_its_session(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["app.database.migrate"], "LOCK_SECONDS", 0.3)
    runtime = await stage.copy()
    owner = stage.owner_dsn(runtime)
    holder = await asyncpg.connect(owner)
    try:
        await holder.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
        with pytest.raises(MigrationLocked) as told:
            await migrate(owner, runtime)
        assert f"session {holder.get_server_pid()} of portal_owner" in str(told.value)
        assert f"pg_terminate_backend({holder.get_server_pid()})" in str(told.value)
    finally:
        await holder.close()
    await migrate(owner, runtime)


async def test_a_migration_continues_when_the_one_before_it_is_done(stage: Stage) -> None:
    runtime = await stage.copy()
    owner = stage.owner_dsn(runtime)
    holder = await asyncpg.connect(owner)
    await holder.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
    waiting = asyncio.create_task(migrate(owner, runtime))
    watched = "select count(*) from pg_stat_activity where usename = 'portal_owner' and pid <> $1"
    async with asyncio.timeout(20):
        while not await holder.fetchval(watched, holder.get_server_pid()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert not waiting.done()
    await holder.execute("select pg_advisory_unlock($1)", MIGRATION_LOCK)
    await waiting
    await holder.close()
