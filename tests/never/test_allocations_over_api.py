"""Never more than the entitlement through the API, whichever process answers."""

from tests.conftest import Stage
from tests.never.callers import call_in, make_tokens, open_caller
from tests.never.pools import make_pool, read_ledger
from tests.servers import Server

# `make prove` calls thousands of times.
CALLS, POOL, TOKENS = 60, 15, 5


async def test_of_60_calls_for_one_of_15_at_once_exactly_15_succeed(
    stage: Stage, server: Server
) -> None:
    pool = await make_pool([POOL], CALLS)
    tokens = await make_tokens(stage.settings, pool, TOKENS)
    async with open_caller(server.url, CALLS) as client:
        tally = await call_in(client, pool, tokens, pool.environments, twice_every=4)
    ledger = await read_ledger(pool)
    assert tally.wrong == []
    assert (tally.granted, tally.refused) == (POOL, CALLS - POOL)
    assert tally.statuses.total() == CALLS + CALLS // 4
    assert (ledger.in_use, ledger.allocations, ledger.events) == (POOL, POOL, POOL)
    assert ledger.deadlocks == 0
