"""People whom their provider no longer lets in, or who sign out there, are signed out here."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from app.database import fetch, fetch_value
from app.single_sign_on.rules import ASKED_EVERY, Connection
from tests.accounts.factors import SECOND_STEP, add_app, code
from tests.conftest import Portal
from tests.people.post import user_id
from tests.single_sign_on.provider import Claims, Provider
from tests.single_sign_on.steps import (
    Later,
    arrive,
    connect,
    depart,
    link_account,
    query_of,
    recorded,
    refused_as,
    sessions,
)

PAGE = "/contracts/D-1001"


@pytest.fixture
async def connection(portal: Portal, provider: Provider) -> Connection:
    """A connection with owner's account, whose provider gives refresh tokens."""
    provider.refreshes = True
    connected = await connect(portal, provider)
    await link_account(connected, "owner")
    return connected


def _with(claims: Claims, **changed: Any) -> Claims:
    return {**claims, **changed}


def _asked(provider: Provider) -> int:
    return provider.calls.count("/token")


async def test_a_person_whose_provider_says_no_is_signed_out_and_reads_why(
    portal: Portal, provider: Provider, connection: Connection, later: Later
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        provider.refused = (400, {"error": "invalid_grant"})
        assert (await visitor.get(PAGE)).status_code == 200
        later(ASKED_EVERY)
        answer = await visitor.get(PAGE)
        assert answer.headers["location"].startswith("/login")
        page = await visitor.get(answer.headers["location"])
        assert "会社のログイン画面でログインできなくなったため" in page.text
    assert await sessions() == 0
    assert await recorded("single-sign-on-ending") == [{"why": "refused"}]


async def test_the_provider_is_asked_every_quarter_of_an_hour_at_most(
    portal: Portal, provider: Provider, connection: Connection, later: Later
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        begun = _asked(provider)
        for _ in range(3):
            later(ASKED_EVERY)
            for _ in range(3):
                assert (await visitor.get(PAGE)).status_code == 200
        assert _asked(provider) == begun + 3
    assert len(provider.granted) == 1, "each new refresh token was kept"


@pytest.mark.parametrize(
    "refused",
    [(500, {}), (503, {}), (401, {"error": "invalid_client"}), (400, {"error": "invalid_scope"})],
    ids=["500", "503", "client", "scope"],
)
async def test_a_provider_that_cannot_tell_signs_nobody_out(
    portal: Portal,
    provider: Provider,
    connection: Connection,
    later: Later,
    refused: tuple[int, Claims],
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        provider.refused = refused
        later(ASKED_EVERY)
        assert (await visitor.get(PAGE)).status_code == 200
        provider.down = True
        later(ASKED_EVERY)
        assert (await visitor.get(PAGE)).status_code == 200
        later(timedelta(hours=24))
        assert (await visitor.get(PAGE)).status_code == 303, "no session is longer than a day"


async def test_a_slow_provider_holds_no_page_longer_than_its_time(
    portal: Portal, provider: Provider, connection: Connection, later: Later
) -> None:
    async with portal.anonymous() as visitor, await portal.signed_in("member") as member:
        await arrive(visitor)
        provider.answering.clear()
        later(ASKED_EVERY)
        begun = time.monotonic()
        waiting = asyncio.ensure_future(visitor.get(PAGE))
        await asyncio.sleep(0)
        assert (await member.get(PAGE)).status_code == 200
        assert not waiting.done(), "others do not wait"
        assert (await waiting).status_code == 200
        assert time.monotonic() - begun < 4.5
        provider.answering.set()


async def test_simultaneous_requests_ask_once_and_none_gets_through_after_a_no(
    portal: Portal, provider: Provider, connection: Connection, later: Later
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        begun = _asked(provider)
        later(ASKED_EVERY)
        answers = await asyncio.gather(*(visitor.get(PAGE) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert _asked(provider) == begun + 1
        provider.refused = (400, {"error": "invalid_grant"})
        later(ASKED_EVERY)
        # All eight have come by then.
        provider.answering.clear()
        asyncio.get_running_loop().call_later(0.3, provider.answering.set)
        answers = await asyncio.gather(*(visitor.get(PAGE) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {303}
        assert _asked(provider) == begun + 2


async def test_a_session_without_a_refresh_token_is_not_asked_for(
    portal: Portal, provider: Provider, connection: Connection, later: Later
) -> None:
    provider.refreshes = False
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        begun = len(provider.calls)
        later(timedelta(hours=2))
        assert (await visitor.get(PAGE)).status_code == 200
        assert len(provider.calls) == begun


async def test_a_second_factor_keeps_what_the_provider_left(
    portal: Portal, provider: Provider, connection: Connection, later: Later
) -> None:
    async with await portal.signed_in("owner") as owner:
        secret = await add_app(owner)
    await fetch("delete from session")
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        await visitor.post(SECOND_STEP, data={"way": "app", "code": code(secret)})
        assert (await visitor.get(PAGE)).status_code == 200
        provider.refused = (400, {"error": "invalid_grant"})
        later(ASKED_EVERY)
        assert (await visitor.get(PAGE)).status_code == 303


async def test_refresh_tokens_rest_encrypted(
    portal: Portal, provider: Provider, connection: Connection
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
    kept = await fetch_value("select provider_grant from session where by_provider")
    assert kept and provider.granted[0].encode() not in kept


async def test_offline_access_is_asked_for_where_the_connection_says_so(
    portal: Portal, provider: Provider, connection: Connection
) -> None:
    async with portal.anonymous() as visitor:
        assert "offline_access" not in query_of(await depart(visitor))["scope"].split()
        await fetch("update single_sign_on_connection set offline_access = true")
        assert "offline_access" in query_of(await depart(visitor))["scope"].split()


@pytest.fixture
def send(portal: Portal, connection: Connection) -> Callable[[str], Awaitable[httpx.Response]]:
    """Send a log-out token as the provider does: without cookies, from elsewhere."""

    async def post(token: str) -> httpx.Response:
        place = f"/login/single-sign-on/{connection.company}/back-channel-logout"
        async with portal.anonymous() as other:
            return await other.post(place, data={"logout_token": token})

    return post


Send = Callable[[str], Awaitable[httpx.Response]]


async def test_a_person_who_signs_out_at_the_provider_is_signed_out_here(
    portal: Portal, provider: Provider, send: Send
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        answer = await send(provider.log_out_token())
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        page = await visitor.get(PAGE, follow_redirects=True)
        assert "会社のログイン画面でログアウトされたか" in page.text
    assert await recorded("single-sign-on-ending") == [{"why": "signed-out"}]


async def test_a_session_of_the_provider_ends_its_own_session_here_alone(
    portal: Portal, provider: Provider, send: Send
) -> None:
    async with portal.anonymous() as first, portal.anonymous() as second:
        for visitor, session in ((first, "one"), (second, "two")):
            provider.change = partial(_with, sid=session)
            await arrive(visitor)
        assert (await send(provider.log_out_token(sid="one"))).status_code == 200
        assert (await first.get(PAGE)).status_code == 303
        assert (await second.get(PAGE)).status_code == 200
        assert (await send(provider.log_out_token(sid="two", sub=None))).status_code == 200
        assert (await second.get(PAGE)).status_code == 303


async def test_a_session_names_its_person_where_the_subject_is_unknown(
    portal: Portal, provider: Provider, send: Send
) -> None:
    async with portal.anonymous() as first, portal.anonymous() as second:
        for visitor, session in ((first, "one"), (second, "two")):
            provider.change = partial(_with, sid=session)
            await arrive(visitor)
        token = provider.log_out_token(sid="one", sub="not-linked-here")
        assert (await send(token)).status_code == 200
        assert (await first.get(PAGE)).status_code == 303
        assert (await second.get(PAGE)).status_code == 200


async def test_an_unknown_session_of_a_known_person_ends_those_without_a_name(
    portal: Portal, provider: Provider, send: Send
) -> None:
    async with portal.anonymous() as unnamed, portal.anonymous() as named:
        await arrive(unnamed)
        provider.change = partial(_with, sid="one")
        await arrive(named)
        assert (await send(provider.log_out_token(sid="gone"))).status_code == 200
        assert (await unnamed.get(PAGE)).status_code == 303
        assert (await named.get(PAGE)).status_code == 200
        assert (await send(provider.log_out_token(sid="one"))).status_code == 200
        assert (await send(provider.log_out_token(sid="one"))).status_code == 200, "it has ended"
        assert (await named.get(PAGE)).status_code == 303


async def test_a_session_of_another_person_than_the_subject_is_refused(
    portal: Portal, provider: Provider, connection: Connection, send: Send
) -> None:
    await link_account(connection, "member", "s-member")
    async with portal.anonymous() as visitor:
        provider.change = partial(_with, sid="one")
        await arrive(visitor)
        refused = await send(provider.log_out_token(sid="one", sub="s-member"))
        told = (refused.status_code, refused.json()["error_description"])
        assert told == (400, "other-person")
        assert (await visitor.get(PAGE)).status_code == 200


async def test_sessions_by_password_and_of_other_people_stay(
    portal: Portal, provider: Provider, send: Send
) -> None:
    async with await portal.signed_in("owner") as owner:
        assert (await send(provider.log_out_token())).status_code == 200
        assert (await send(provider.log_out_token(sub="nobody"))).status_code == 200
        assert (await owner.get(PAGE)).status_code == 200


@pytest.mark.parametrize("named", [{}, {"sid": "unknown"}], ids=["person", "unknown session"])
async def test_a_sign_in_that_waits_for_its_second_factor_ends_too(
    portal: Portal, provider: Provider, send: Send, named: dict[str, str]
) -> None:
    async with await portal.signed_in("owner") as owner:
        secret = await add_app(owner)
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        assert (await send(provider.log_out_token(**named))).status_code == 200
        answer = await visitor.post(SECOND_STEP, data={"way": "app", "code": code(secret)})
        assert answer.headers["location"].startswith("/login")
    assert await fetch_value("select count(*) from session where by_provider") == 0


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://other.example"}, "wrong-issuer"),
        ({"aud": "other"}, "wrong-audience"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "malformed"),
        ({"iat": 1}, "expired"),
        ({"iat": None}, "malformed"),
        ({"nonce": "n"}, "wrong-nonce"),
        ({"events": None}, "malformed"),
        ({"events": {"http://schemas.openid.net/event/other": {}}}, "malformed"),
        ({"jti": None}, "malformed"),
        ({"sub": None}, "malformed"),
        ({"sub": 5}, "malformed"),
        ({"sid": ""}, "malformed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
async def test_a_log_out_token_that_does_not_count_ends_nothing(
    portal: Portal, provider: Provider, send: Send, changed: dict[str, Any], why: str
) -> None:
    async with portal.anonymous() as visitor:
        await arrive(visitor)
        answer = await send(provider.log_out_token(**changed))
        assert answer.status_code == 400
        assert answer.json() == {"error": "invalid_request", "error_description": why}
        assert (await visitor.get(PAGE)).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
async def test_what_is_no_token_is_refused(send: Send, token: str) -> None:
    assert (await send(token)).status_code == 400


async def test_a_log_out_token_counts_once(provider: Provider, send: Send) -> None:
    token = provider.log_out_token()
    answers = await asyncio.gather(*(send(token) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 4


async def test_an_id_token_is_no_log_out_token_and_the_other_way_round(
    portal: Portal, provider: Provider, send: Send
) -> None:
    given = {"sub": provider.subject, "nonce": "n", "email": provider.address}
    assert (await send(provider.token(given))).status_code == 400
    events: Claims = {"http://schemas.openid.net/event/backchannel-logout": {}}
    provider.change = partial(_with, nonce=None, events=events)
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor)) == "wrong-nonce"


async def test_a_signed_in_person_of_another_company_is_not_meant(
    portal: Portal, provider: Provider, send: Send
) -> None:
    other = await connect(portal, provider, number="D-2001", domain="example.net")
    await link_account(other, "outsider", provider.subject)
    await fetch(
        'update session set by_provider = true, provider = $1 where "user" = $2',
        other.id,
        await user_id("outsider"),
    )
    async with await portal.signed_in("outsider") as outsider:
        assert (await send(provider.log_out_token())).status_code == 200
        assert (await outsider.get("/")).status_code == 200
