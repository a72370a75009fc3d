"""Guesses are slowed down: per account, per address, overall; never locked out."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.accounts.rules import LONGEST_WAIT, THROTTLE_FORGETS, throttle_wait
from app.accounts.throttling import (
    FREE_OVERALL,
    FREE_PER_ACCOUNT,
    FREE_PER_ADDRESS,
    admit,
    buckets,
    forgive,
)
from app.database import fetch, fetch_value
from tests.conftest import Portal

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
WRONG = {"code": "owner", "password": "wrong"}
RIGHT = {"code": "owner", "password": "portal-demo-2026"}


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (10_000, 60)],
)
def test_the_wait_doubles_up_to_a_minute(failures: int, seconds: int) -> None:
    assert throttle_wait(failures, NOW, 5, NOW) == timedelta(seconds=seconds)
    assert throttle_wait(failures, NOW, 5, NOW) <= LONGEST_WAIT


def test_what_is_waited_is_taken_off_and_a_quiet_time_forgets() -> None:
    assert throttle_wait(7, NOW, 5, NOW + timedelta(seconds=3)) == timedelta(seconds=1)
    assert throttle_wait(7, NOW, 5, NOW + timedelta(seconds=5)) == timedelta(0)
    assert throttle_wait(10_000, NOW, 5, NOW + THROTTLE_FORGETS) == timedelta(0)


async def later(seconds: float) -> None:
    """As if this much time had passed."""
    await fetch(
        "update throttle set last_failure_at = last_failure_at - make_interval(secs => $1)", seconds
    )


async def just_now() -> None:
    """As if the last guess had come this moment, however slow the machine is."""
    await fetch("update throttle set last_failure_at = now() + interval '20 seconds'")


async def attempt(client: httpx.AsyncClient, form: dict[str, str]) -> int:
    return (await client.post("/login", data=form)).status_code


@pytest.mark.parametrize("code", ["owner", "nobody-of-this-name"])
async def test_after_some_guesses_an_account_has_to_wait_whether_it_exists_or_not(
    portal: Portal, code: str
) -> None:
    async with portal.anonymous() as client:
        form = {**WRONG, "code": code}
        assert [await attempt(client, form) for _ in range(FREE_PER_ACCOUNT)] == [422] * 5
        await just_now()
        refused = await client.post("/login", data={**form, "password": RIGHT["password"]})
        assert refused.status_code == 429, "even the right password waits"
        assert "set-cookie" not in refused.headers
        await later(int(refused.headers["retry-after"]))
        assert await attempt(client, form) == 422


async def test_a_waiting_attempt_does_not_count(portal: Portal) -> None:
    async with portal.anonymous() as client:
        for _ in range(FREE_PER_ACCOUNT):
            await attempt(client, WRONG)
        await just_now()
        assert [await attempt(client, WRONG) for _ in range(10)] == [429] * 10
    failures = await fetch_value("select failures from throttle where bucket like 'account:%'")
    assert failures == FREE_PER_ACCOUNT


async def test_whoever_gets_in_is_forgiven(portal: Portal) -> None:
    async with portal.anonymous() as client:
        for _ in range(FREE_PER_ACCOUNT - 1):
            await attempt(client, WRONG)
        assert await attempt(client, RIGHT) == 303
    assert await fetch_value("select failures from throttle where bucket like 'account:%'") == 0
    # An address that guesses other accounts is not forgiven by signing in to its own.
    address = await fetch_value("select failures from throttle where bucket like 'address:%'")
    assert address == FREE_PER_ACCOUNT - 1


async def test_a_known_device_passes_while_somebody_else_guesses(portal: Portal) -> None:
    async with portal.anonymous() as client, portal.anonymous() as guesser:
        assert await attempt(client, RIGHT) == 303
        await client.post("/logout")
        for _ in range(FREE_PER_ACCOUNT):
            await attempt(guesser, WRONG)
        await just_now()
        assert await attempt(guesser, RIGHT) == 429
        assert await attempt(client, RIGHT) == 303


async def test_a_known_device_that_guesses_waits_too(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await attempt(client, RIGHT)
        await client.post("/logout")
        assert [await attempt(client, WRONG) for _ in range(FREE_PER_ACCOUNT)] == [422] * 5
        await just_now()
        assert await attempt(client, WRONG) == 429


async def test_a_device_is_known_for_its_own_person_only(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await attempt(client, RIGHT)
        await client.post("/logout")
        for _ in range(FREE_PER_ACCOUNT):
            await attempt(client, {**WRONG, "code": "member"})
        await just_now()
        assert await attempt(client, {**RIGHT, "code": "member"}) == 429


async def test_an_address_waits_whatever_accounts_it_tries(database: str) -> None:
    for n in range(FREE_PER_ADDRESS):
        assert not await admit(buckets(f"account-{n}", "192.0.2.1"))
    assert await admit(buckets("another", "192.0.2.1"))
    assert not await admit(buckets("another", "192.0.2.2")), "other addresses do not wait"


async def test_a_storm_from_everywhere_makes_everybody_wait_a_little(database: str) -> None:
    await fetch(
        "insert into throttle (bucket, failures, last_failure_at) values ('overall', $1, now())",
        FREE_OVERALL,
    )
    wait = await admit(buckets("anybody", "192.0.2.1"))
    assert timedelta(0) < wait <= timedelta(seconds=1)


async def test_parallel_guesses_count_too(database: str) -> None:
    counted_in = buckets("owner", "192.0.2.1")
    waits = await asyncio.gather(*(admit(counted_in) for _ in range(40)))
    assert sum(not wait for wait in waits) == FREE_PER_ACCOUNT
    assert await fetch_value("select failures from throttle where bucket = 'account:owner'") == 5


async def test_forgiving_never_counts_below_nothing(database: str) -> None:
    counted_in = buckets("owner", "192.0.2.1")
    await admit(counted_in)
    await forgive(counted_in)
    await forgive(counted_in)
    assert {row["failures"] for row in await fetch("select failures from throttle")} == {0}


async def test_a_quiet_time_begins_anew(database: str) -> None:
    counted_in = buckets("owner", "192.0.2.1")
    for _ in range(FREE_PER_ACCOUNT):
        await admit(counted_in)
    await later(THROTTLE_FORGETS.total_seconds() + 1)
    assert not await admit(counted_in)
    assert await fetch_value("select failures from throttle where bucket = 'account:owner'") == 1


async def test_many_who_get_it_right_at_once_do_not_wait_for_each_other_in_a_circle(
    database: str,
) -> None:
    async def attempt(n: int) -> None:
        counted_in = buckets(f"account{n}", f"198.51.100.{n % 4}")
        assert not await admit(counted_in)
        await forgive(counted_in)

    await asyncio.gather(*(attempt(n) for n in range(60)))
