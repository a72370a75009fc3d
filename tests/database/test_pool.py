"""The pool: nobody gets a dead connection, none is lost, and those who wait are served in order."""

import ast
import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable

import asyncpg
import httpx
import pytest

from app.accounts.tables import User
from app.database import engine, unit_of_work
from app.database import pool as pool_module
from app.database.engine import SESSION
from app.database.pool import Pool
from tests.conftest import Portal, Stage
from tests.conventions.sources import modules

SIZE = 3
# What stays in a session of the database after the statement, unlike `set local` in a transaction.
KEPT = re.compile(
    r"set_config\(|^\s*(set (?!local)\w+ *(=|to)|set role|listen \w+$|declare |create temp|load )"
    r"|pg_(try_)?advisory_lock\(",
    re.IGNORECASE,
)
PAGES = ("", "/products", "/environments", "/members", "/group-companies", "/resources")


@pytest.fixture
async def pool(stage: Stage) -> AsyncIterator[Pool]:
    pool = Pool(await stage.copy(), SIZE, SESSION)
    await pool.open()
    yield pool
    await pool.close()


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def check_whole(pool: Pool) -> None:
    """All connections can be had at once, each of them works, and there are no more."""
    taken = [await pool.take(10) for _ in range(SIZE)]
    assert [await one.fetchval("select 1") for one in taken] == [1] * SIZE
    with pytest.raises(TimeoutError):
        await pool.take(0.01)
    for one in taken:
        pool.give_back(one)
    assert pool.get_idle_size() == pool.get_size() == SIZE


async def test_waiters_are_served_in_their_order(pool: Pool) -> None:
    taken = [await pool.take(1) for _ in range(SIZE)]
    served: list[int] = []

    async def use(number: int) -> None:
        connection = await pool.take(20)
        served.append(number)
        await connection.fetchval("select 1")
        pool.give_back(connection)

    waiting = []
    for number in range(20):
        waiting.append(asyncio.create_task(use(number)))
        await asyncio.sleep(0)
    for one in taken:
        pool.give_back(one)
    late = asyncio.create_task(use(20))
    await asyncio.gather(*waiting, late)
    assert served == list(range(21)), "and a late one does not pass"
    await check_whole(pool)


async def test_waiters_time_out_in_time_and_leave_the_queue(pool: Pool) -> None:
    taken = [await pool.take(1) for _ in range(SIZE)]
    loop = asyncio.get_running_loop()
    begun = loop.time()
    waiting = [pool.take(0.2) for _ in range(30)]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, TimeoutError) for one in found)
    assert 0.19 < loop.time() - begun < 5
    for one in taken:
        pool.give_back(one)
    await check_whole(pool)


async def test_a_waiter_that_is_cancelled_as_it_is_served_passes_the_connection_on(
    pool: Pool,
) -> None:
    taken = [await pool.take(1) for _ in range(SIZE)]
    first, second = (asyncio.create_task(pool.take(10)) for _ in range(2))
    await asyncio.sleep(0)
    pool.give_back(taken.pop())
    first.cancel()
    pool.give_back(await second)
    assert first.cancelled()
    for one in taken:
        pool.give_back(one)
    await check_whole(pool)


@pytest.mark.parametrize("seed", range(8))
async def test_cancelled_failing_and_dying_uses_leak_nothing(pool: Pool, seed: int) -> None:
    chance = random.Random(seed)

    async def use(kind: int) -> None:
        async with pool.acquire(10) as connection:
            if kind == 0:
                await connection.fetchval("select pg_sleep(60)")
            elif kind == 1:
                await connection.fetchval("select 1 / 0")
            elif kind == 2:
                await connection.execute("begin")
            elif kind == 3:
                await connection.fetchval("select pg_terminate_backend(pg_backend_pid())")
            elif kind == 4:
                await connection.fetchval("select pg_sleep(60)", timeout=0.05)
            else:
                assert await connection.fetchval("select 7") == 7

    kinds = [chance.randrange(9) for _ in range(60)]
    tasks = [asyncio.create_task(use(kind)) for kind in kinds]
    while any(not task.done() for task in tasks):
        await asyncio.sleep(0.002)
        victim = chance.choice([task for task in tasks if not task.done()] or tasks)
        victim.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    expected = (
        *(asyncio.CancelledError, TimeoutError, asyncpg.DivisionByZeroError),
        *(asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError),
    )
    assert not [one for one in ended if one is not None and not isinstance(one, expected)]
    await check_whole(pool)


async def test_a_dead_connection_is_never_handed_out_twice(stage: Stage, pool: Pool) -> None:
    taken = [await pool.take(5) for _ in range(SIZE)]
    for one in taken:
        pool.give_back(one)
    admin = await asyncpg.connect(stage.addresses.admin)
    try:
        for one in taken:
            await admin.execute("select pg_terminate_backend($1, 5000)", one.get_server_pid())
    finally:
        await admin.close()
    await until(lambda: all(one.is_closed() for one in taken))
    await check_whole(pool)
    assert not [one for one in taken if not one.is_closed()]


async def test_a_cancelled_statement_ends_at_the_server_too(pool: Pool) -> None:
    async def wait_long() -> None:
        async with pool.acquire() as connection:
            begun.set_result(connection.get_server_pid())
            await connection.fetchval("select pg_sleep(600)")

    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(wait_long())
    pid = await begun
    async with pool.acquire() as watcher:
        sleeping = "select count(*) from pg_stat_activity where pid = $1"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(10):
            while await watcher.fetchval(sleeping, pid):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)


async def test_connections_that_were_idle_for_long_are_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", 0.05)
    pool = Pool(await stage.copy(), SIZE, SESSION)
    async with pool.acquire() as first, pool.acquire() as second:
        await asyncio.wait_for(first.fetchval("select pg_sleep(0.2)"), 10)
        assert not first.is_closed() and not second.is_closed(), "they are in use"
    await until(lambda: first.is_closed() and second.is_closed())
    assert pool.get_size() == 0
    await pool.close()


async def test_a_connection_of_some_age_is_closed_when_it_is_given_back(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "AGE_SECONDS", -1.0)
    async with pool.acquire(), pool.acquire() as old:
        pass
    await until(old.is_closed)
    assert pool.get_size() == 1, "the first one was made before"


async def test_closing_waits_for_users_turns_waiters_away_and_ends_all(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        async with pool.acquire() as lost:
            lost.terminate()
            raise ZeroDivisionError
    assert pool.get_size() == 0, "and a pool that was empty once waits as well"
    taken = [await pool.take(5) for _ in range(SIZE)]
    waiting = asyncio.create_task(pool.take(10))
    await asyncio.sleep(0)
    closing = asyncio.create_task(pool.close())
    with pytest.raises(asyncpg.InterfaceError):
        await waiting
    assert not closing.done() and await taken[0].fetchval("select 1") == 1
    for one in taken:
        pool.give_back(one)
    await closing
    assert all(one.is_closed() for one in taken)
    with pytest.raises(asyncpg.InterfaceError):
        await pool.take(1)


async def test_a_database_that_is_away_costs_no_place(pool: Pool) -> None:
    away = Pool("postgresql:///portal?host=/nowhere", SIZE, SESSION)
    for _ in range(2 * SIZE):
        with pytest.raises(OSError):
            await away.take(5)
    await away.close()


async def test_piccolo_uses_the_pool_outside_a_unit_of_work(database: str) -> None:
    assert await User.count() > 0
    found = engine.pool
    assert found is not None and found.get_idle_size() == found.get_size() == 1


def test_no_statement_of_the_portal_changes_its_session() -> None:
    found = [
        (module.name, node.value)
        for module in modules("app")
        for node in ast.walk(module.tree())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if KEPT.search(node.value)
    ]
    assert not found


async def test_pages_and_changes_leave_nothing_in_their_sessions(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    for ending in PAGES:
        assert (await owner.get(f"/contracts/D-1001{ending}")).status_code == 200
    form = {"name": "検証", "sort_key": "9"}
    answer = await owner.post("/contracts/D-1001/environments/new", data=form)
    assert answer.status_code == 303, answer.text
    assert (await owner.post(answer.headers["location"])).status_code == 303
    fresh = await asyncpg.connect(portal.dsn, server_settings=SESSION)
    try:
        async with unit_of_work() as used:
            assert await _session(used) == await _session(fresh)
    finally:
        await fresh.close()


async def _session(connection: asyncpg.Connection) -> list[object]:
    """What a session could keep: settings, roles, listeners, locks and temporary tables."""
    return [
        await connection.fetch(statement)
        for statement in (
            "select name, setting from pg_settings where source in ('session', 'client')",
            "select current_user, session_user",
            "select pg_listening_channels()",
            "select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
            "select 1 from pg_class where relpersistence = 't'",
        )
    ]
