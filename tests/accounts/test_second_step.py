"""After the password comes the second factor, and nobody is signed in before it."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app import clock
from app.accounts.factors.rules import CUSTOMER_PENDING, STAFF_PENDING
from app.accounts.session_services import open_session
from app.database import fetch, fetch_value
from tests.accounts.factors import (
    HOME,
    PASSWORD,
    SECOND_STEP,
    add_app,
    before_second_step,
    code,
    fields,
    is_signed_in,
    make_codes,
)
from tests.conftest import Portal


@pytest.fixture
async def secret(owner: httpx.AsyncClient) -> str:
    """The owner's authenticator app."""
    return await add_app(owner)


async def test_the_right_password_alone_opens_no_page(portal: Portal, secret: str) -> None:
    client = await before_second_step(portal, "owner")
    assert portal.settings.session_cookie not in client.cookies
    assert not await is_signed_in(client)
    for path in (HOME, "/profile/proof", "/profile", "/contracts/D-1001"):
        assert (await client.get(path)).headers["location"].startswith("/login?")
    client.cookies.set(
        portal.settings.session_cookie, client.cookies[portal.settings.pending_cookie]
    )
    assert not await is_signed_in(client), "the token of the first step is no session's"


async def test_a_code_completes_the_log_in_and_leads_where_the_person_wanted_to(
    portal: Portal, secret: str
) -> None:
    client = portal.anonymous()
    begun = await client.post(
        "/login", data={"code": "owner", "password": PASSWORD, "next": "/contracts/D-1001"}
    )
    assert begun.headers["location"] == f"{SECOND_STEP}?next=%2Fcontracts%2FD-1001"
    pending = client.cookies[portal.settings.pending_cookie]
    page = await client.get(begun.headers["location"])
    assert fields(page.text) == {"code"} and "確認コード" in page.text
    assert "<script" not in page.text and page.headers["cache-control"] == "private, no-cache"
    done = await client.post(
        SECOND_STEP, data={"way": "app", "code": code(secret), "next": "/contracts/D-1001"}
    )
    assert done.headers["location"] == "/contracts/D-1001"
    assert client.cookies[portal.settings.session_cookie] != pending
    assert portal.settings.pending_cookie not in client.cookies
    assert await is_signed_in(client)
    assert await fetch_value("select count(*) from pending_sign_in") == 0
    event = await fetch(
        "select details from audit_event where event_type = 'sign-in' order by id desc"
    )
    assert '"app"' in event[0]["details"]


@pytest.mark.parametrize("spelling", ["{} ", "{:.3} ", "full-width"])
async def test_a_code_is_taken_as_people_type_it(
    portal: Portal, secret: str, spelling: str
) -> None:
    client, now = await before_second_step(portal, "owner"), code(secret)
    typed = {"{} ": f" {now} ", "{:.3} ": f"{now[:3]} {now[3:]}"}.get(
        spelling, now.translate({48 + n: 0xFF10 + n for n in range(10)})
    )
    assert (await client.post(SECOND_STEP, data={"code": typed})).status_code == 303


async def test_a_code_counts_once_even_when_it_is_sent_ten_times_at_once(
    portal: Portal, secret: str
) -> None:
    clients = [await before_second_step(portal, "owner") for _ in range(4)]
    now = code(secret)
    answers = await asyncio.gather(*(c.post(SECOND_STEP, data={"code": now}) for c in clients))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "この確認コードは使えません。" in refused.text and now not in refused.text
    late = await before_second_step(portal, "owner")
    assert (await late.post(SECOND_STEP, data={"code": code(secret, -1)})).status_code == 422
    assert (await late.post(SECOND_STEP, data={"code": code(secret, 1)})).status_code == 303


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567"])
async def test_what_is_no_code_is_told_at_the_field(
    portal: Portal, secret: str, typed: str
) -> None:
    client = await before_second_step(portal, "owner")
    answer = await client.post(SECOND_STEP, data={"code": typed})
    assert answer.status_code == 422 and 'href="#code"' in answer.text
    # Nothing was guessed, so nothing counts.
    counted = await fetch_value("select count(*) from throttle where bucket like '%factor%'")
    assert not counted


async def test_wrong_codes_are_slowed_down_across_log_ins(portal: Portal, secret: str) -> None:
    clients = [await before_second_step(portal, "owner") for _ in range(2)]
    statuses = []
    for client in clients * 4:
        answer = await client.post(SECOND_STEP, data={"code": "000000"})
        statuses.append(answer.status_code)
    assert statuses == [422] * 5 + [429] * 3
    assert int(answer.headers["retry-after"]) > 0
    right = await client.post(SECOND_STEP, data={"code": code(secret)})
    assert right.status_code == 429, "a right guess waits, too"


async def test_a_known_device_is_not_slowed_down_by_what_others_try(
    portal: Portal, secret: str
) -> None:
    known = await before_second_step(portal, "owner")
    await known.post(SECOND_STEP, data={"code": code(secret)})
    await known.post("/logout")
    for _ in range(6):
        stranger = await before_second_step(portal, "owner")
        await stranger.post(SECOND_STEP, data={"code": "000000"})
    again = await known.post("/login", data={"code": "owner", "password": PASSWORD})
    assert again.headers["location"] == SECOND_STEP
    assert (await known.post(SECOND_STEP, data={"code": code(secret, 1)})).status_code == 303


async def test_a_recovery_code_lets_in_once(
    portal: Portal, owner: httpx.AsyncClient, secret: str
) -> None:
    first, *others = await make_codes(owner)
    client = await before_second_step(portal, "owner")
    page = await client.get(f"{SECOND_STEP}?way=recovery-code")
    assert "リカバリーコード" in page.text and fields(page.text) == {"code"}
    form = {"way": "recovery-code", "code": first.lower().replace("-", " ")}
    assert (await client.post(SECOND_STEP, data=form)).status_code == 303
    again = await before_second_step(portal, "owner")
    assert (await again.post(SECOND_STEP, data=form)).status_code == 422
    other = await again.post(SECOND_STEP, data={"way": "recovery-code", "code": others[0]})
    assert other.status_code == 303
    assert "残り8個" in (await again.get(HOME)).text


async def test_only_ways_that_the_person_has_are_offered_and_taken(
    portal: Portal, secret: str
) -> None:
    client = await before_second_step(portal, "owner")
    page = await client.get(f"{SECOND_STEP}?way=password")
    assert fields(page.text) == {"code"}
    assert "way=passkey" not in page.text and "way=recovery-code" not in page.text
    for way in ("password", "passkey", "recovery-code", "nothing"):
        form = {"way": way, "password": PASSWORD, "credential": "{}"}
        assert (await client.post(SECOND_STEP, data=form)).status_code == 422
    assert (await client.post(f"{SECOND_STEP}/challenges")).status_code == 404
    assert not await is_signed_in(client)


async def test_anothers_app_proves_nothing(
    portal: Portal, member: httpx.AsyncClient, secret: str
) -> None:
    theirs = await add_app(member)
    client = await before_second_step(portal, "owner")
    assert (await client.post(SECOND_STEP, data={"code": code(theirs)})).status_code == 422
    assert (await client.post(SECOND_STEP, data={"code": code(secret)})).status_code == 303


async def test_a_log_in_does_not_wait_for_ever(portal: Portal, secret: str) -> None:
    client = await before_second_step(portal, "owner")
    left = await fetch_value("select expires_at - now() from pending_sign_in")
    assert CUSTOMER_PENDING - timedelta(minutes=1) < left <= CUSTOMER_PENDING
    assert timedelta(hours=20) <= CUSTOMER_PENDING and STAFF_PENDING < CUSTOMER_PENDING
    await fetch("update pending_sign_in set expires_at = $1", clock.now())
    for answer in (
        await client.get(f"{SECOND_STEP}?next=/contracts"),
        await client.post(SECOND_STEP, data={"code": code(secret), "next": "/contracts"}),
    ):
        assert answer.headers["location"] == "/login?next=%2Fcontracts"


@pytest.mark.parametrize(
    "change",
    [
        "update portal_user set password_hash = 'another' where code = 'owner'",
        "update portal_user set disabled_at = now() where code = 'owner'",
    ],
)
async def test_a_new_password_or_a_disabled_account_ends_waiting_log_ins(
    portal: Portal, secret: str, change: str
) -> None:
    client = await before_second_step(portal, "owner")
    await fetch(change)
    answer = await client.post(SECOND_STEP, data={"code": code(secret)})
    assert answer.headers["location"] == "/login"


async def test_a_cookie_of_no_log_in_leads_to_log_in(portal: Portal) -> None:
    client = portal.anonymous()
    client.cookies.set(portal.settings.pending_cookie, "made up")
    assert (await client.get(SECOND_STEP)).headers["location"] == "/login"
    assert (await client.post(f"{SECOND_STEP}/challenges")).status_code == 404


async def test_a_session_remembers_when_its_person_proved_who_they_are(portal: Portal) -> None:
    account = await fetch(
        "select id, staff_role, credential_generation from portal_user where code = 'owner'"
    )
    await open_session(account[0], "tests", known_device=None)
    assert await fetch_value("select now() - max(proved_at) from session") < timedelta(minutes=1)
