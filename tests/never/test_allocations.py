"""Never more than the entitlement, past the application too: the database itself forbids it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from random import Random
from uuid import UUID

import asyncpg
import pytest

from app.database import Changed, Gone, fetch, unit_of_work
from app.environments.services import change_environment, retire_environment, set_allocations
from app.environments.values import EnvironmentValues
from tests.never.pools import Pool, make_pool, read_ledger

CONNECTIONS = 20
ISOLATION = ("read_committed", "read_committed", "repeatable_read", "serializable")
ROUNDS = 30
# What the database may answer to somebody who comes too late; anything else fails the test.
REFUSALS = (
    asyncpg.CheckViolationError,
    asyncpg.UniqueViolationError,
    asyncpg.SerializationError,
    asyncpg.FeatureNotSupportedError,
)
INSERT = """
    insert into allocation (id, contract, environment, entitlement, quantity)
    values (gen_random_uuid(), $1, $2, $3, $4)
"""


@asynccontextmanager
async def connections(dsn: str, number: int) -> AsyncIterator[list[asyncpg.Connection]]:
    """Connections of the running role, past the application."""
    opened = await asyncio.gather(*(asyncpg.connect(dsn) for _ in range(number)))
    try:
        yield opened
    finally:
        await asyncio.gather(*(connection.close() for connection in opened))


async def write_at_random(
    connection: asyncpg.Connection, pool: Pool, random: Random, answers: Counter[str]
) -> None:
    """Inserts, updates and deletes as they come, in transactions of several statements."""
    for _ in range(ROUNDS):
        environment, entitlement = random.choice(pool.environments), pool.entitlements[0]
        quantity = random.choice((1, 2, 5, 20))
        try:
            async with connection.transaction(isolation=random.choice(ISOLATION)):
                await connection.fetchval("select count(*) from allocation")
                match random.randrange(4):
                    case 0:
                        await connection.execute(
                            "delete from allocation where environment = $1", environment
                        )
                    case 1:
                        await connection.execute(
                            "update allocation set quantity = $2 where environment = $1",
                            environment,
                            quantity,
                        )
                    case _:
                        await connection.execute(
                            INSERT, pool.contract, environment, entitlement, quantity
                        )
            answers["done"] += 1
        except REFUSALS as error:
            answers[type(error).__name__] += 1


async def test_raw_writes_from_20_connections_never_exceed_the_entitlement(database: str) -> None:
    pool = await make_pool([50], 30)
    answers: Counter[str] = Counter()
    async with connections(database, CONNECTIONS) as opened:
        work = (
            write_at_random(connection, pool, Random(seed), answers)
            for seed, connection in enumerate(opened)
        )
        watching = asyncio.create_task(never_over(pool))
        await asyncio.gather(*work)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    ledger = await read_ledger(pool)
    assert ledger.in_use <= 50
    assert ledger.deadlocks == 0
    assert answers["done"] and answers["CheckViolationError"], answers


async def never_over(pool: Pool) -> None:
    """Look for as long as the others write."""
    while True:
        ledger = await read_ledger(pool)
        assert ledger.in_use <= ledger.quantity
        await asyncio.sleep(0)


async def test_200_raw_inserts_of_1_into_50_grant_exactly_50(database: str) -> None:
    pool = await make_pool([50], 200)

    async def insert(connection: asyncpg.Connection, environments: list[UUID]) -> int:
        granted = 0
        for id in environments:
            try:
                await connection.execute(INSERT, pool.contract, id, pool.entitlements[0], 1)
                granted += 1
            except asyncpg.CheckViolationError:
                continue
        return granted

    async with connections(database, CONNECTIONS) as opened:
        shares = (list(pool.environments[n::CONNECTIONS]) for n in range(CONNECTIONS))
        granted = await asyncio.gather(*map(insert, opened, shares))
    assert sum(granted) == (await read_ledger(pool)).in_use == 50


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read", "serializable"])
@pytest.mark.parametrize("late", ["insert", "update", "lower the entitlement"])
async def test_whoever_looked_before_the_others_wrote_is_still_counted_anew(
    database: str, isolation: str, late: str
) -> None:
    """A transaction with an old snapshot would not see what was allocated since."""
    pool = await make_pool([10], 2)
    first, second = pool.environments
    if late == "update":
        await set_allocations(
            contract=pool.contract,
            environment=second,
            quantities={pool.entitlements[0]: 1},
            actor=pool.owner,
        )
    async with connections(database, 2) as (early, other):
        with pytest.raises(REFUSALS):
            async with early.transaction(isolation=isolation):
                await early.fetch("select * from allocation")
                await other.execute(INSERT, pool.contract, first, pool.entitlements[0], 9)
                if late == "insert":
                    await early.execute(INSERT, pool.contract, second, pool.entitlements[0], 9)
                elif late == "update":
                    await early.execute(
                        "update allocation set quantity = 9 where environment = $1", second
                    )
                else:
                    await early.execute(
                        "update entitlement set quantity = 5 where id = $1", pool.entitlements[0]
                    )
    ledger = await read_ledger(pool)
    assert ledger.in_use <= ledger.quantity


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read"])
async def test_whoever_retires_an_environment_counts_its_allocations_anew(
    database: str, isolation: str
) -> None:
    pool = await make_pool([10], 1)
    async with connections(database, 2) as (early, other):
        with pytest.raises(REFUSALS):
            async with early.transaction(isolation=isolation):
                await early.fetch("select * from allocation")
                await other.execute(
                    INSERT, pool.contract, pool.environments[0], pool.entitlements[0], 1
                )
                await early.execute(
                    "update environment set retired_at = now() where id = $1", pool.environments[0]
                )


async def test_two_environments_and_two_products_in_opposite_order_never_deadlock(
    database: str,
) -> None:
    pool = await make_pool([1000, 1000], 2)
    one, two = pool.entitlements

    async def allocate(environment: UUID, order: tuple[UUID, UUID], start: int) -> None:
        for n in range(ROUNDS):
            await set_allocations(
                contract=pool.contract,
                environment=environment,
                quantities=dict.fromkeys(order, start + n),
                actor=pool.owner,
            )

    first, second = pool.environments
    await asyncio.gather(
        allocate(first, (one, two), 1),
        allocate(second, (two, one), 1),
        allocate(first, (two, one), 100),
        allocate(second, (one, two), 100),
    )
    assert (await read_ledger(pool)).deadlocks == 0


async def test_allocating_retiring_renaming_and_amending_at_once_keep_every_rule(
    database: str,
) -> None:
    pool = await make_pool([50], 20)
    random, answers = Random(1), Counter[str]()

    async def repeat(act: Callable[[], Awaitable[None]], times: int) -> None:
        for _ in range(times):
            try:
                await act()
                answers["done"] += 1
            except (Gone, asyncpg.CheckViolationError) as error:
                answers[type(error).__name__] += 1

    async def allocate() -> None:
        await set_allocations(
            contract=pool.contract,
            environment=random.choice(pool.environments),
            quantities={pool.entitlements[0]: random.randrange(8)},
            actor=pool.owner,
        )

    async def retire() -> None:
        environment = random.choice(pool.environments[:10])
        await retire_environment(contract=pool.contract, environment=environment, actor=pool.owner)

    names = count()

    async def rename() -> None:
        id = random.choice(pool.environments)
        [row] = await fetch("select revision from environment where id = $1", id)
        await _rename(pool, id, row["revision"], f"環境 改 {next(names)}")

    async def amend() -> None:
        async with unit_of_work():
            await fetch(
                "update entitlement set quantity = $2 where id = $1",
                pool.entitlements[0],
                random.randrange(20, 60),
            )

    await asyncio.gather(
        *(repeat(allocate, 40) for _ in range(4)),
        repeat(retire, 10),
        *(repeat(rename, 25) for _ in range(2)),
        repeat(amend, 40),
    )
    ledger = await read_ledger(pool)
    left = await fetch(
        "select 1 from allocation a join environment e on e.id = a.environment"
        " where e.retired_at is not null and e.contract = $1",
        pool.contract,
    )
    assert ledger.in_use <= ledger.quantity
    assert not left
    assert ledger.deadlocks == 0
    assert {"done", "Gone", "CheckViolationError"} <= set(answers), answers


async def _rename(pool: Pool, environment: UUID, revision: int, name: str) -> None:
    try:
        await change_environment(
            contract=pool.contract,
            environment=environment,
            revision=revision,
            values=EnvironmentValues(name, 1),
            actor=pool.owner,
        )
    except Changed:
        return
