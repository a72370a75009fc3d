"""Whatever changes a person's credentials ends everything that was given out before."""

from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import pytest

from app.database import fetch, fetch_value
from tests.accounts.factors import HOME, add_app, make_codes
from tests.accounts.planted import VICTIM, plant
from tests.conftest import Portal
from tests.people.post import NEW_PASSWORD, confirm, mails_to, user_id
from tests.people.test_profile import passwords
from tests.staff.steps import confirmed, done

USERS = "/staff/users"


async def _change_password(_: Portal, victim: httpx.AsyncClient) -> None:
    assert (await victim.post("/profile/password", data=passwords())).status_code == 303


async def _change_address(portal: Portal, victim: httpx.AsyncClient) -> None:
    data = {"email": "moved@example.com", "password": "portal-demo-2026"}
    await confirm(victim, await victim.post("/profile/email", data=data))
    [(_, text)] = await mails_to(portal, "moved@example.com")
    path = "/email-addresses/" + text.split("/email-addresses/")[1].split()[0]
    assert (await victim.post(path)).status_code == 200


async def _reset_password(portal: Portal, _: httpx.AsyncClient) -> None:
    async with portal.anonymous() as anybody:
        await anybody.post("/password/forgotten", data={"account": VICTIM})
        text = (await mails_to(portal, "member@example.com"))[-1][1]
        path = "/password/reset/" + text.split("/password/reset/")[1].split()[0]
        data = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
        assert (await anybody.post(path, data=data)).status_code == 303


async def _add_app(_: Portal, victim: httpx.AsyncClient) -> None:
    await add_app(victim)


async def _renew_codes(_: Portal, victim: httpx.AsyncClient) -> None:
    assert len(await make_codes(victim)) == 10


async def _remove_app(_: Portal, victim: httpx.AsyncClient) -> None:
    page = (await victim.get(HOME)).text
    path = page.split(f'href="{HOME}/')[1:]
    removal = next(part.split('"')[0] for part in path if "/removal" in part.split('"')[0])
    answer = await victim.post(f"{HOME}/{removal}", data={"password": "portal-demo-2026"})
    assert answer.status_code == 303


async def _end_others(_: Portal, victim: httpx.AsyncClient) -> None:
    await confirm(victim, await victim.post("/profile/sessions/others/end"))


async def _end_one(_: Portal, victim: httpx.AsyncClient) -> None:
    page = (await victim.get("/profile/sessions")).text
    for part in page.split('action="/profile/sessions/')[1:]:
        if "others" not in part.split('"')[0]:
            action = part.split('"')[0]
    await confirm(victim, await victim.post(f"/profile/sessions/{action}"))


def _by_staff(help: str, reason: str = "") -> Callable[..., Awaitable[None]]:
    async def act(portal: Portal, _: httpx.AsyncClient) -> None:
        path = f"{USERS}/{await user_id(VICTIM)}/{help}"
        async with await portal.signed_in("clerk") as clerk:
            if reason:
                await done(clerk, path, {"reason": reason})
            else:
                await confirmed(clerk, (await clerk.post(path)).headers["location"])

    return act


async def _disable_and_enable(portal: Portal, victim: httpx.AsyncClient) -> None:
    await _by_staff("disabling", "調査")(portal, victim)
    await _by_staff("enabling")(portal, victim)


EVENTS: dict[str, tuple[bool, bool, Callable[..., Awaitable[None]]]] = {
    # Whether a factor is there before, and whether the acting session goes on.
    "own password change": (False, True, _change_password),
    "email address changed": (False, True, _change_address),
    "password reset": (False, False, _reset_password),
    "factor added": (False, True, _add_app),
    "factor removed": (True, True, _remove_app),
    "recovery codes renewed": (True, True, _renew_codes),
    "other devices signed out": (False, True, _end_others),
    "one device signed out": (False, True, _end_one),
    "signed out by staff": (False, False, _by_staff("log-out")),
    "factors removed by staff": (True, False, _by_staff("second-factor-removal", "紛失")),
    "disabled": (False, False, _by_staff("disabling", "調査")),
    "disabled and enabled": (False, False, _disable_and_enable),
}


@pytest.mark.parametrize("event", EVENTS)
async def test_a_credential_event_voids_every_token_link_and_pending_change(
    portal: Portal, event: str
) -> None:
    has_factor, goes_on, happen = EVENTS[event]
    victim = await portal.signed_in(VICTIM)
    if has_factor:
        await add_app(victim)
    planted = await plant(portal, await portal.signed_in(VICTIM))
    await happen(portal, victim)
    assert await planted.working() == set()
    assert ((await victim.get("/profile")).status_code == 200) == goes_on


async def test_what_a_disabled_account_sends_is_not_even_kept(portal: Portal) -> None:
    client = await portal.signed_in(VICTIM)
    await _by_staff("disabling", "調査")(portal, client)
    await client.post("/contracts/D-1001/environments/new", data={"name": "x", "sort_key": "1"})
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_what_a_signed_out_browser_sends_is_kept_for_its_person(portal: Portal) -> None:
    elsewhere = await portal.signed_in(VICTIM)
    await _end_others(portal, await portal.signed_in(VICTIM))
    answer = await elsewhere.post("/profile", data={"name": "入力済み", "language": "ja"})
    assert answer.headers["location"].startswith("/login?next=%2Fparked-forms%2F")


async def test_one_device_is_signed_out_and_the_others_stay(portal: Portal) -> None:
    first, second, third = [await portal.signed_in(VICTIM) for _ in range(3)]
    await _end_one(portal, first)
    answers = [(await each.get("/profile")).status_code for each in (first, second, third)]
    assert sorted(answers) == [200, 200, 303] and answers[0] == 200


async def test_an_own_password_change_gives_the_session_a_new_token(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    name = portal.settings.session_cookie
    before = member.cookies[name]
    changed = await member.post("/profile/password", data=passwords())
    for token, status in ((before, 303), (changed.cookies[name], 200)):
        async with portal.anonymous() as client:
            client.cookies.set(name, token)
            assert (await client.get("/profile")).status_code == status


async def test_a_stopped_calendar_says_so_and_is_made_anew(
    portal: Portal, member: httpx.AsyncClient
) -> None:
    await confirm(member, await member.post("/profile/calendar"))
    await _end_others(portal, member)
    page = (await member.get("/profile/calendar")).text
    assert "カレンダーのアドレスは使えなくなりました。" in page
    again = await confirm(member, await member.post("/profile/calendar"))
    path = "/calendar/" + again.text.split("/calendar/")[1].split('"')[0]
    assert (await member.get(path)).status_code == 200


async def test_a_generation_never_comes_back(database: str) -> None:
    set_to = "update portal_user set credential_generation = $2 where code = $1"
    await fetch(set_to, VICTIM, 7)
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch(set_to, VICTIM, 6)
