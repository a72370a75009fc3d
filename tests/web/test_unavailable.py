"""When the database is away, busy or fails: a page that says so, and no harm afterwards."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from app.database import (
    DatabaseBusy,
    close_pool,
    engine,
    fetch,
    fetch_value,
    open_pool,
    unit_of_work,
)
from app.main import make_app
from app.web.errors import unavailable_errors
from tests.conftest import Portal, Stage
from tests.relay import Relay


@pytest.fixture
async def relay(stage: Stage) -> AsyncIterator[Relay]:
    with TemporaryDirectory(prefix="relay") as folder:
        relay = Relay(Path(folder), await stage.copy())
        await relay.start()
        await open_pool(relay.dsn)
        yield relay
        await close_pool()
        await relay.stop()


@pytest.fixture
def distant(stage: Stage, relay: Relay) -> Portal:
    """The application, whose database can go away."""
    return Portal(make_app(stage.settings, relay.dsn), stage.settings, relay.dsn)


def unchecked(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A server error is what these tests are about."""
    client.event_hooks = {"response": []}
    return client


async def test_a_database_that_is_away_is_said_so_and_one_that_is_back_is_used(
    distant: Portal, relay: Relay
) -> None:
    async with await distant.signed_in("owner") as owner, distant.anonymous() as nobody:
        assert (await owner.get("/")).status_code == 200
        await relay.stop()
        unchecked(owner), unchecked(nobody)
        for _ in range(3):
            answer = await owner.get("/contracts")
            assert answer.status_code == 503, answer.text
            assert "ポータルが混み合っています" in answer.text
            assert answer.headers["retry-after"] == "5"
            assert answer.headers["cache-control"] == "no-store"
            assert "content-security-policy" in answer.headers
        asked = await owner.get("/contracts", headers={"HX-Request": "true"})
        assert asked.status_code == 503 and asked.text.startswith("<title>")
        assert (await nobody.get("/readyz")).status_code == 503
        assert (await nobody.get("/healthz")).status_code == 200, "the process is well"
        sent = await nobody.post("/login", data={"code": "owner", "password": "x"})
        assert sent.status_code == 503
        await relay.start()
        assert (await owner.get("/contracts")).status_code == 200
        assert (await nobody.get("/readyz")).status_code == 200


async def test_a_database_that_goes_away_while_a_form_comes_is_said_so(
    distant: Portal, relay: Relay
) -> None:
    """The session is found before the form is read, and the form is kept after it."""

    async def body() -> AsyncIterator[bytes]:
        yield b"name="
        await relay.stop()
        yield b"late"

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with await distant.signed_in("owner") as owner:
        await fetch("update session set expires_at = now() - interval '1 second'")
        new = "/contracts/D-1001/environments/new"
        kept = (await owner.post(new, data={"name": "x"})).headers["location"]
        answer = await unchecked(owner).post(new, content=body(), headers=kind)
        assert answer.status_code == 503 and "ポータルが混み合っています" in answer.text
        await relay.start()
    async with await distant.signed_in("owner") as again:
        parked = parse_qs(urlsplit(kept).query)["next"][0]
        assert "送信" in (await again.get(parked)).text


async def test_a_database_that_restarts_between_two_requests_is_not_noticed_twice(
    distant: Portal, relay: Relay
) -> None:
    async with await distant.signed_in("owner") as owner:
        assert (await owner.get("/")).status_code == 200
        await relay.stop()
        await relay.start()
        unchecked(owner)
        answers = [(await owner.get("/contracts")).status_code for _ in range(3)]
    assert answers[1:] == [200, 200] and answers[0] in {200, 503}


async def test_a_pool_without_a_free_connection_is_said_so(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["app.database.engine"], "ACQUIRE_SECONDS", 0.1)
    pool = engine.pool
    assert pool is not None
    async with await portal.signed_in("owner") as owner:
        async with AsyncExitStack() as held:
            for _ in range(pool.get_max_size()):
                await held.enter_async_context(pool.acquire())
            answer = await unchecked(owner).get("/")
            assert answer.status_code == 503 and "混み合って" in answer.text
            with pytest.raises(DatabaseBusy):
                await fetch("select 1")
        assert (await owner.get("/")).status_code == 200


async def _check_usable() -> None:
    """No transaction is open, nothing was kept, and every connection of the pool works."""
    assert engine.current_transaction.get() is None
    pool = engine.pool
    assert pool is not None
    assert pool.get_idle_size() == pool.get_size(), "a connection is not given back"
    answers = await asyncio.gather(*(fetch_value("select 1") for _ in range(20)))
    assert answers == [1] * 20
    async with unit_of_work() as connection:
        assert connection.is_in_transaction()
    open_ones = await fetch_value(
        "select count(*) from pg_stat_activity where state like 'idle in transaction%'"
        " and datname = current_database()"
    )
    assert open_ones == 0


async def test_a_commit_that_fails_leaves_nothing_behind(stage: Stage, database: str) -> None:
    owner = await asyncpg.connect(stage.owner_dsn(database))
    try:
        await owner.execute("create table once (n int unique deferrable initially deferred)")
        await owner.execute("grant all on once to public")
    finally:
        await owner.close()
    for _ in range(15):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with unit_of_work():
                await fetch("insert into once values (1)")
                await fetch("insert into once values (1)")
    await _check_usable()
    assert await fetch_value("select count(*) from once") == 0


async def test_a_connection_that_dies_within_a_transaction_leaves_nothing_behind(
    stage: Stage, database: str
) -> None:
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        for _ in range(12):
            with pytest.raises((asyncpg.PostgresError, *unavailable_errors)):
                async with unit_of_work():
                    await fetch("insert into corporate_group values (gen_random_uuid(), 'x')")
                    pid = await fetch_value("select pg_backend_pid()")
                    await admin.execute("select pg_terminate_backend($1, 5000)", pid)
    finally:
        await admin.close()
    await _check_usable()
    assert await fetch_value("select count(*) from corporate_group where name = 'x'") == 0


async def test_a_cancelled_request_leaves_nothing_behind(database: str) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with unit_of_work():
            await fetch("insert into corporate_group values (gen_random_uuid(), 'x')")
            begun.set()
            await fetch("select pg_sleep(60)")

    for _ in range(12):
        begun.clear()
        task = asyncio.create_task(work())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await _check_usable()
    assert await fetch_value("select count(*) from corporate_group where name = 'x'") == 0
