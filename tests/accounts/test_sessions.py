"""Sessions: how long they last, how they end, and what a dead cookie is worth."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.accounts.rules import session_length, session_runs
from app.database import fetch, fetch_value
from tests.conftest import Portal

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_customers_have_a_day_and_staff_have_eight_hours() -> None:
    assert session_length(None) == timedelta(hours=24)
    assert session_length("viewer") == timedelta(hours=8)


@pytest.mark.parametrize(
    ("role", "idle", "left", "runs"),
    [
        (None, timedelta(hours=23), SECOND, True),
        (None, timedelta(0), timedelta(0), False),
        ("operator", timedelta(minutes=30) - SECOND, SECOND, True),
        ("operator", timedelta(minutes=30), timedelta(hours=1), False),
        ("operator", timedelta(0), timedelta(0), False),
    ],
)
def test_a_session_runs_until_its_last_moment(
    role: str | None, idle: timedelta, left: timedelta, runs: bool
) -> None:
    assert session_runs(role, NOW - idle, NOW + left, NOW) is runs


async def passed(seconds: float) -> None:
    """As if this much time had passed for every session."""
    await fetch(
        "update session set last_seen_at = last_seen_at - make_interval(secs => $1),"
        " expires_at = expires_at - make_interval(secs => $1)",
        seconds,
    )


async def opens(client: httpx.AsyncClient) -> bool:
    return (await client.get("/profile")).status_code == 200


async def test_a_customer_who_leaves_for_the_day_comes_back_signed_in(
    owner: httpx.AsyncClient,
) -> None:
    await passed(23.9 * 3600)
    assert await opens(owner)
    await passed(0.2 * 3600)
    assert not await opens(owner), "a day is a day, however busy"


async def test_staff_who_leave_their_desk_are_signed_out(portal: Portal) -> None:
    async with await portal.signed_in("clerk") as clerk:
        for _ in range(5):
            await passed(29 * 60)
            assert await opens(clerk), "using the portal keeps the session"
        await passed(31 * 60)
        assert not await opens(clerk)


async def test_staff_work_eight_hours_at_most(portal: Portal) -> None:
    async with await portal.signed_in("clerk") as clerk:
        for _ in range(17):
            await passed(28 * 60)
            assert await opens(clerk)
        await passed(10 * 60)
        assert not await opens(clerk)


async def test_seeing_a_page_is_noted_now_and_then_only(owner: httpx.AsyncClient) -> None:
    before = await fetch_value("select last_seen_at from session")
    await owner.get("/")
    assert await fetch_value("select last_seen_at from session") == before
    await passed(6 * 60)
    await owner.get("/")
    assert await fetch_value("select last_seen_at from session") > before


async def test_after_logging_out_the_cookie_is_dead(owner: httpx.AsyncClient) -> None:
    token = dict(owner.cookies)["session-8000"]
    answer = await owner.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert await fetch_value("select count(*) from session") == 0
    owner.cookies.set("session-8000", token)
    assert not await opens(owner)


async def test_logging_out_ends_this_session_only(portal: Portal, owner: httpx.AsyncClient) -> None:
    async with await portal.signed_in("owner") as elsewhere:
        await owner.post("/logout")
        assert await opens(elsewhere)


@pytest.mark.parametrize(
    "cookie", ["", "x", "a" * 5000, "session-8000", "session-8000=;", 'session-8000="\\000"']
)
async def test_a_cookie_that_is_none_is_nobody(portal: Portal, cookie: str) -> None:
    async with portal.anonymous() as client:
        answer = await client.get("/", headers={"Cookie": f"session-8000={cookie}"})
        assert answer.status_code == 303
        assert (await client.get("/", headers={"Cookie": cookie})).status_code == 303


async def test_pages_of_a_person_do_not_open_by_the_id_of_the_session(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    """What the database holds of a session opens nothing."""
    row = (await fetch("select id, encode(token_hash, 'hex') as hash from session"))[0]
    async with portal.anonymous() as client:
        for value in (str(row["id"]), row["hash"]):
            client.cookies.set("session-8000", value)
            assert not await opens(client)
