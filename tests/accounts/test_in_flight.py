"""What was proved before the credentials changed is worth nothing after it, however close it is."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context

import httpx
import pytest

from app.accounts.generation_services import CredentialsChanged
from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.database import fetch, fetch_one, fetch_value, unit_of_work
from app.demo.world import PASSWORD
from tests.accounts.factors import HOME, SECOND_STEP, add_app, before_second_step, begin_app, code
from tests.accounts.test_proof import PROOF
from tests.conftest import Portal
from tests.people.post import NEW_PASSWORD, link_to, mails_to
from tests.people.test_profile import ask, passwords
from tests.withdrawal.leaving import reasons, to_form

LIVE = """
    select (select count(*) from session t where t."user" = u.id and t.generation = g)
         + (select count(*) from pending_sign_in t where t."user" = u.id and t.generation = g)
         + (select count(*) from email_change t where t."user" = u.id and t.generation = g)
         + (select count(*) from calendar_feed t where t."user" = u.id and t.generation = g)
         + (select count(*) from device t where t."user" = u.id and t.generation = g)
    from portal_user u cross join lateral (select u.credential_generation) x(g)
    where u.code = 'member'
"""
CHANGES = {
    "password": "update portal_user set password_hash = 'x' where code = 'member'",
    "address": "update portal_user set email = 'x@example.com' where code = 'member'",
    "disabled": "update portal_user set disabled_at = now() where code = 'member'",
    "passkey": 'insert into passkey (id, "user", credential_id, public_key, sign_count, name,'
    " created_at) select gen_random_uuid(), id, 'x', 'x', 0, 'x', now()"
    " from portal_user where code = 'member'",
    "recovery codes": 'insert into recovery_code (id, "user", code_hash, created_at)'
    " select gen_random_uuid(), id, 'x', now() from portal_user where code = 'member'",
}
Sending = Callable[[], Awaitable[httpx.Response]]


async def _sign_in(portal: Portal) -> Sending:
    client = portal.anonymous()
    return lambda: client.post("/login", data={"code": "member", "password": PASSWORD})


async def _sign_in_with_factor(portal: Portal) -> Sending:
    await add_app(await portal.signed_in("member"))
    return await _sign_in(portal)


async def _second_step(portal: Portal) -> Sending:
    secret = await add_app(await portal.signed_in("member"))
    waiting = await before_second_step(portal, "member")
    return lambda: waiting.post(SECOND_STEP, data={"code": code(secret)})


async def _prove(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    return lambda: client.post(PROOF, data={"password": PASSWORD})


async def _change_password(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    return lambda: client.post("/profile/password", data=passwords())


async def _ask_for_another_address(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    prepared = (await ask(client, "new@example.com")).headers["location"]
    return lambda: client.post(prepared)


async def _open_the_link_to_an_address(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    await client.post((await ask(client, "new@example.com")).headers["location"])
    link = await link_to(portal, "new@example.com")
    return lambda: client.post(link)


async def _reset(portal: Portal) -> Sending:
    client = portal.anonymous()
    await client.post("/password/forgotten", data={"account": "member"})
    [(_, text)] = await mails_to(portal, "member@example.com")
    path = "/password/reset/" + text.split("/password/reset/")[1].split()[0]
    return lambda: client.post(path, data={"password": NEW_PASSWORD, "again": NEW_PASSWORD})


async def _confirm_app(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    place, secret = await begin_app(client)
    return lambda: client.post(place, data={"code": code(secret)})


async def _make_codes(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    await add_app(client)
    return lambda: client.post(f"{HOME}/recovery-codes")


async def _end_others(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    prepared = (await client.post("/profile/sessions/others/end")).headers["location"]
    return lambda: client.post(prepared)


async def _make_calendar(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    prepared = (await client.post("/profile/calendar")).headers["location"]
    return lambda: client.post(prepared)


async def _withdraw(portal: Portal) -> Sending:
    client = await portal.signed_in("member")
    form = await to_form(client)
    return lambda: client.post(form, data=reasons(password=PASSWORD))


FLOWS = {
    "sign-in": _sign_in,
    "sign-in with a factor": _sign_in_with_factor,
    "second step": _second_step,
    "proof": _prove,
    "own password change": _change_password,
    "asking for another address": _ask_for_another_address,
    "link to another address": _open_the_link_to_an_address,
    "password reset": _reset,
    "adding an app": _confirm_app,
    "recovery codes": _make_codes,
    "ending other sessions": _end_others,
    "calendar address": _make_calendar,
    "withdrawal": _withdraw,
}
# How a request ends whose proof is void: as a wrong password, an unknown link, or at the sign-in.
REFUSED = {303, 404, 422}


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_request_in_flight_while_the_credentials_change_achieves_nothing(
    portal: Portal, flow: str
) -> None:
    """The change is made and not committed yet: the request proves itself by the old password."""
    send = await FLOWS[flow](portal)
    factors = await fetch_value(
        "select count(*) from authenticator_app where confirmed_at is not null"
    )
    async with unit_of_work():
        await fetch(CHANGES["password"])
        # A task of its own, outside of this transaction.
        sent = asyncio.create_task(_answer(send), context=Context())
        while not await fetch_value("select count(*) from pg_locks where not granted"):
            assert not sent.done(), "it did not look at the account under its lock"
    answer = await sent
    assert answer.status_code in REFUSED, answer.text
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/login")
    row = await fetch_one("select * from portal_user where code = 'member'")
    assert row is not None and row["password_hash"] == "x"
    assert row["email"] == "member@example.com"
    assert await fetch_value(LIVE) == 0
    assert factors == await fetch_value(
        "select count(*) from authenticator_app where confirmed_at is not null"
    )


async def _answer(send: Sending) -> httpx.Response:
    return await send()


@pytest.mark.parametrize("change", CHANGES)
async def test_a_session_is_not_opened_for_credentials_that_changed_meanwhile(
    database: str, change: str
) -> None:
    account = await find_credentials("member")
    assert account is not None
    await fetch(CHANGES[change])
    with pytest.raises(CredentialsChanged):
        await open_session(account, "tests", known_device=None)
    assert await fetch_value(LIVE) == 0


async def test_many_sign_ins_with_the_old_password_during_its_change_leave_no_session(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    sends = [await _sign_in(portal) for _ in range(5)]
    data = passwords()
    answers = await asyncio.gather(
        *(send() for send in sends), member.post("/profile/password", data=data)
    )
    assert answers[-1].status_code == 303
    assert (
        await fetch_value(
            'select count(*) from session s join portal_user u on u.id = s."user"'
            " where u.code = 'member' and s.generation = u.credential_generation"
        )
        == 1
    )
    assert (await member.get("/profile")).status_code == 200
