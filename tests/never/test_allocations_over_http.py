"""Never more than the entitlement, however many ask at once and whichever process answers."""

import asyncio

from tests.never.crowd import Person, Tally, crowd_in, open_browser
from tests.never.pools import make_pool, read_ledger
from tests.servers import Server

# `make prove` asks thousands of times.
PEOPLE, POOL = 60, 15


async def test_of_60_who_ask_for_one_of_15_at_once_exactly_15_get_it(server: Server) -> None:
    pool = await make_pool([POOL], PEOPLE)
    async with open_browser(server.url, pool, PEOPLE) as browser:
        tally = await crowd_in(browser, pool, pool.environments, together=True)
    ledger = await read_ledger(pool)
    assert tally.wrong == []
    assert (tally.granted, tally.refused) == (POOL, PEOPLE - POOL)
    assert tally.server_errors == 0
    assert (ledger.in_use, ledger.allocations, ledger.events) == (POOL, POOL, POOL)
    assert ledger.deadlocks == 0


async def test_the_same_confirm_ten_times_at_once_has_one_effect_and_one_answer(
    server: Server,
) -> None:
    pool = await make_pool([POOL], 1)
    async with open_browser(server.url, pool, 10) as browser:
        person = Person(browser, pool, Tally())
        confirmation = (await person.propose(pool.environments[0])).headers["location"]
        sends = (person.send("POST", confirmation) for _ in range(10))
        answers = await asyncio.gather(*sends)
        again = await person.send("POST", confirmation)
        shown = await person.send("GET", confirmation)
    assert {answer.status_code for answer in (*answers, again, shown)} == {303}
    assert len({answer.headers["location"] for answer in (*answers, again, shown)}) == 1
    ledger = await read_ledger(pool)
    assert (ledger.in_use, ledger.events) == (1, 1)
