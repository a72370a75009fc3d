"""Guesses are slowed down by account, network and overall; the right person is never kept out."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from app import clock
from app.accounts.guess_rules import Lane, key_lanes, password_lanes
from app.accounts.place_rules import PLACE_WAIT
from app.accounts.throttling import Admission, Throttled, admit, forgive, sweep_throttle
from app.database import fetch, fetch_value, uuid7
from tests.accounts.guesses import (
    FREE,
    RIGHT,
    WRONG,
    attempt,
    coming_from,
    guess_until_told_to_wait,
    later,
)
from tests.conftest import Portal

LEFT = "select coalesce(sum(extract(epoch from drained_at - now())), 0)::int from throttle"
ELSEWHERE = [f"198.51.100.{n}" for n in range(1, 31)]


@dataclass
class Time:
    """The portal's clock, which the test moves.

    Attributes:
        passed: seconds since the test began.
    """

    passed: int = 0


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """A clock that stands still until it is moved."""
    started, moved = clock.now(), Time()
    monkeypatch.setattr(clock, "now", lambda: started + timedelta(seconds=moved.passed))
    return moved


@pytest.fixture
async def attackers(portal: Portal) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Browsers at many addresses."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(coming_from(portal, address)) for address in ELSEWHERE
        ]


@pytest.mark.parametrize("code", ["owner", "nobody-of-this-name"])
async def test_after_some_guesses_an_account_waits_whether_it_exists_or_not(
    portal: Portal, code: str
) -> None:
    async with portal.anonymous() as client:
        form = {**WRONG, "code": code}
        assert await guess_until_told_to_wait(client, form) == FREE
        refused = await client.post("/login", data={**form, "password": RIGHT["password"]})
        assert refused.status_code == 429, "even the right password waits"
        assert portal.settings.session_cookie not in client.cookies
        assert int(refused.headers["retry-after"]) <= 31
        await later(31)
        assert await attempt(client, form) == 422


async def test_the_page_that_says_when_says_why_whether_the_account_exists_or_not(
    portal: Portal,
) -> None:
    pages = []
    for code in ("owner", "nobody-of-this-name"):
        async with coming_from(portal, "198.51.100.77") as client:
            form = {**WRONG, "code": code}
            await guess_until_told_to_wait(client, form)
            page = (await client.post("/login", data=form)).text
        assert "このアカウント、またはお使いのネットワークからの試行が多すぎます。" in page
        pages.append(re.sub(r"\d+秒後", "", page.replace(code, "")).split("<main")[1])
    assert pages[0].partition("</form>")[0] == pages[1].partition("</form>")[0]


async def test_the_page_that_says_when_keeps_the_user_code(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await guess_until_told_to_wait(client, WRONG)
        typed = {**WRONG, "password": "typed-and-not-shown"}
        refused = await client.post("/login", data={**typed, "next": "/profile"})
    wait = refused.headers["retry-after"]
    assert f"{wait}秒後" in refused.text and 'value="owner"' in refused.text
    assert 'value="/profile"' in refused.text and typed["password"] not in refused.text
    assert re.search(r'<form[^>]+action="/login"', refused.text)


async def test_an_attempt_that_waits_writes_nothing(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await guess_until_told_to_wait(client, WRONG)
        written = "select array_agg((bucket, drained_at, xmin::text) order by bucket) from throttle"
        before = await fetch_value(written)
        failures = await fetch_value("select count(*) from audit_event")
        assert {await attempt(client, WRONG) for _ in range(20)} == {429}
        assert await fetch_value(written) == before
        assert await fetch_value("select count(*) from audit_event") == failures


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8:9::1"])
async def test_the_right_person_signs_in_at_once_while_others_guess_from_everywhere(
    portal: Portal, attackers: list[httpx.AsyncClient], address: str
) -> None:
    for _ in range(4):
        for attacker in attackers:
            await attempt(attacker, WRONG)
    assert await attempt(attackers[0], RIGHT) == 429
    async with coming_from(portal, address) as person:
        assert await attempt(person, RIGHT) == 303


async def test_a_network_of_ipv6_guesses_as_one_address(portal: Portal) -> None:
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(coming_from(portal, f"2001:db8:0:1::{n}"))
            for n in range(1, 9)
        ]
        statuses = [await attempt(client, WRONG) for client in clients]
    assert statuses == [422] * FREE + [429] * 3


@pytest.mark.parametrize("keeps_cookies", [True, False])
async def test_the_right_person_gets_a_turn_at_the_address_of_somebody_who_polls(
    portal: Portal, time: Time, keeps_cookies: bool
) -> None:
    async with portal.anonymous() as poller, portal.anonymous() as person:
        for time.passed in range(0, 100, 10):
            await attempt(poller, WRONG)
            if not keeps_cookies:
                poller.cookies.clear()
        refused = await person.post("/login", data=RIGHT)
        assert refused.status_code == 429
        wait = int(refused.headers["retry-after"])
        assert wait <= PLACE_WAIT.total_seconds() + 1
        for time.passed in (*range(100, 100 + wait, 5), 100 + wait):
            await attempt(poller, WRONG)
            if not keeps_cookies:
                poller.cookies.clear()
        assert await attempt(person, RIGHT) == 303


async def test_asking_again_too_early_keeps_the_place(portal: Portal, time: Time) -> None:
    async with portal.anonymous() as person:
        await guess_until_told_to_wait(person, WRONG)
        waits = []
        for time.passed in (10, 20):
            waits.append(int((await person.post("/login", data=RIGHT)).headers["retry-after"]))
        assert waits in ([21, 11], [20, 10])


async def test_a_place_is_good_for_one_attempt(portal: Portal, time: Time) -> None:
    async with portal.anonymous() as guesser, portal.anonymous() as other:
        await guess_until_told_to_wait(guesser, WRONG)
        place = guesser.cookies[portal.settings.place_cookie]
        time.passed = 31
        # The account's own rate lets one through as well.
        assert [await attempt(other, WRONG), await attempt(guesser, WRONG)] == [422, 422]
        assert await attempt(guesser, RIGHT) == 429
        assert guesser.cookies[portal.settings.place_cookie] != place


async def test_who_gets_in_is_forgiven(portal: Portal, time: Time) -> None:
    async with portal.anonymous() as client:
        for time.passed in range(FREE - 1):
            await attempt(client, WRONG)
        assert await attempt(client, RIGHT) == 303
    # An address that guesses other accounts is not forgiven by signing in to its own.
    full = await fetch_value("select drained_at from throttle where bucket = 'address::127.0.0.1'")
    assert full - clock.now() == timedelta(seconds=10 * (FREE - 1) - time.passed)


async def test_a_right_password_gives_the_network_its_own_attempts_back(portal: Portal) -> None:
    async with portal.anonymous() as client, portal.anonymous() as other:
        for _ in range(2):
            await attempt(client, WRONG)
        assert await attempt(client, RIGHT) == 303
        assert await guess_until_told_to_wait(other, WRONG) == FREE


async def test_a_known_device_passes_while_somebody_else_guesses(portal: Portal) -> None:
    async with portal.anonymous() as client, portal.anonymous() as guesser:
        assert await attempt(client, RIGHT) == 303
        await client.post("/logout")
        await guess_until_told_to_wait(guesser, WRONG)
        assert await attempt(guesser, RIGHT) == 429
        assert await attempt(client, RIGHT) == 303


async def test_a_known_device_that_guesses_waits_too(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await attempt(client, RIGHT)
        await client.post("/logout")
        assert await guess_until_told_to_wait(client, WRONG) == 5


async def test_a_device_is_known_for_its_own_person_only(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await attempt(client, RIGHT)
        await client.post("/logout")
        await guess_until_told_to_wait(client, {**WRONG, "code": "member"})
        assert await attempt(client, {**RIGHT, "code": "member"}) == 429


async def through(lanes: list[Lane], most: int = 10_000) -> int:
    """How many attempts one after the other are let through before one waits."""
    for number in range(most):
        if isinstance(await admit(lanes), Throttled):
            return number
    return most


async def test_a_network_waits_whatever_accounts_it_tries(database: str) -> None:
    passed = 0
    for n in range(150):
        passed += isinstance(await admit(password_lanes(f"{n}", "192.0.2.1")), Admission)
    # Its 100, and the one that a storm leaves to a quiet network; a few drain meanwhile.
    assert 101 <= passed <= 110
    other = await admit(password_lanes("another", "192.0.2.2"))
    assert isinstance(other, Admission), "other networks do not wait"


async def test_a_storm_from_everywhere_leaves_room_for_a_quiet_network(database: str) -> None:
    await fetch(
        "insert into throttle (bucket, drained_at) values ('overall::', now() + interval '1 day')"
    )
    assert isinstance(await admit(password_lanes("anybody", "192.0.2.1")), Admission)
    assert isinstance(await admit(password_lanes("anybody", "192.0.2.1")), Throttled)


@pytest.mark.parametrize("others", [0, 4])
async def test_parallel_guesses_count_exactly(database: str, others: int) -> None:
    lanes = password_lanes("owner", "192.0.2.1")
    away = [password_lanes("owner", f"192.0.2.{n + 2}") for n in range(others)]
    outcomes = await asyncio.gather(*(admit(each) for each in [lanes, *away] for _ in range(40)))
    assert sum(isinstance(each, Admission) for each in outcomes) == FREE + 3 * others


async def test_attempts_that_lose_a_race_leave_no_rows(database: str) -> None:
    await asyncio.gather(*(admit(key_lanes(uuid7(), "192.0.2.1")) for _ in range(5)))
    before = await fetch_value("select count(*) from throttle")
    actor = uuid7()
    await asyncio.gather(*(admit(key_lanes(actor, "192.0.2.1")) for _ in range(40)))
    assert await fetch_value("select count(*) from throttle") == before + 3


async def test_forgiving_never_counts_below_nothing(database: str) -> None:
    admission = await admit(password_lanes("owner", "192.0.2.1"))
    assert isinstance(admission, Admission)
    await forgive(admission)
    await forgive(admission)
    assert await fetch_value(LEFT) <= 0
    assert await through(password_lanes("owner", "192.0.2.1")) == FREE


async def test_buckets_drain_as_time_passes(database: str) -> None:
    lanes = password_lanes("owner", "192.0.2.1")
    assert await through(lanes) == FREE
    await later(60)
    assert await through(lanes) == 2
    await later(24 * 3600)
    assert await through(lanes) == FREE


async def test_buckets_that_have_drained_are_swept(database: str) -> None:
    for n in range(20):
        await admit(password_lanes(f"account{n}", f"198.51.100.{n}"))
    await sweep_throttle()
    assert await fetch_value("select count(*) from throttle") > 20, "they still count"
    await later(24 * 3600)
    await sweep_throttle()
    assert await fetch_value("select count(*) from throttle") == 0


async def test_many_who_get_it_right_at_once_do_not_wait_for_each_other_in_a_circle(
    database: str,
) -> None:
    async def attempt(n: int) -> None:
        admission = await admit(password_lanes(f"account{n % 25}", f"198.51.100.{n % 4}"))
        assert isinstance(admission, Admission)
        await forgive(admission)

    await asyncio.gather(*(attempt(n) for n in range(60)))
