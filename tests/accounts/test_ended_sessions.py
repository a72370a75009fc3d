"""Sessions that somebody else ended: the browser is told why, and its form is kept or not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from app import clock
from app.accounts import help_services, profile_services, reset_services
from app.accounts.generation_services import own_change
from app.accounts.rules import (
    FORMS_AFTER_END,
    TOLD_FOR,
    Ending,
    OverSession,
    Viewer,
    new_token,
    token_hash,
)
from app.database import fetch, fetch_value
from app.settings import Settings
from tests.accounts.factors import add_app, begin_app, code
from tests.accounts.test_parked_forms import FORM, NEW, expire, wanted
from tests.conftest import Portal
from tests.environments.steps import confirm

LONG = "correct horse battery staple 2027"
KEPT = "入力した内容は保存されています。"


async def user() -> UUID:
    """The owner's account."""
    id: UUID = await fetch_value("select id from portal_user where code = 'owner'")
    return id


async def viewer(client: httpx.AsyncClient, settings: Settings) -> Viewer:
    """Somebody who acts in the session of this browser."""
    token = client.cookies[settings.session_cookie]
    session = await fetch_value("select id from session where token_hash = $1", token_hash(token))
    return Viewer(await user(), session, "owner", "", "ja", None, True, False, generation=1)


async def from_other_device(portal: Portal, other: httpx.AsyncClient) -> None:
    asked = await other.post("/profile/sessions/others/end")
    await confirm(other, asked.headers["location"])


async def by_staff(portal: Portal, other: httpx.AsyncClient) -> None:
    await help_services.end_sessions(await user(), actor=await user())


async def by_password(portal: Portal, other: httpx.AsyncClient) -> None:
    seen = await viewer(other, portal.settings)
    await profile_services.renew_password(portal.settings, seen, LONG)


async def by_factor(portal: Portal, other: httpx.AsyncClient) -> None:
    await add_app(other)


async def by_reset(portal: Portal, other: httpx.AsyncClient) -> None:
    token, now = new_token(), clock.now()
    await fetch(
        'insert into password_reset (id, token_hash, "user", created_at, expires_at)'
        " values (gen_random_uuid(), $1, $2, $3, $4)",
        *(token_hash(token), await user(), now, now + timedelta(hours=1)),
    )
    assert await reset_services.reset_password(portal.settings, token, LONG)


async def by_disabling(portal: Portal, other: httpx.AsyncClient) -> None:
    await help_services.disable(await user(), reason="x", actor=await user())


End = Callable[[Portal, httpx.AsyncClient], Awaitable[None]]
KEEPING: list[tuple[End, Ending, str]] = [
    (from_other_device, Ending.OTHER_DEVICE, "ほかの端末からの操作により"),
    (by_staff, Ending.STAFF, "弊社担当者により"),
    (by_password, Ending.PASSWORD_CHANGE, "パスワードが変更されたため"),
    (by_factor, Ending.FACTOR_CHANGE, "2段階認証の設定が変更されたため"),
]


@pytest.mark.parametrize(("end", "ending", "says"), KEEPING, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("htmx", [False, True])
async def test_a_form_of_an_ended_session_is_kept_and_the_person_is_told_why(
    portal: Portal, owner: httpx.AsyncClient, end: End, ending: Ending, says: str, *, htmx: bool
) -> None:
    async with await portal.signed_in("owner") as other:
        await end(portal, other)
    assert await fetch_value("select end_reason from session where ended_at is not null") == ending
    headers = {"HX-Request": "true"} if htmx else {}
    sent = await owner.post(NEW, data=FORM, headers=headers)
    login = sent.headers["hx-redirect" if htmx else "location"]
    page = (await owner.get(login)).text
    assert says in page and KEPT in page
    wrong = await owner.post(
        "/login", data={"code": "owner", "password": "x", "next": wanted(login)}
    )
    assert says in wrong.text and KEPT in wrong.text
    async with await portal.signed_in("owner") as again:
        offered = await again.get(wanted(login))
        assert "送信日時" in offered.text and "送信した覚えがない場合" in offered.text
        location = (await again.post(wanted(login))).headers["location"]
        assert FORM["name"] in (await again.get(location)).text
    names = await fetch("select 1 from environment where name = $1", FORM["name"])
    assert not names, "nothing is done before 決定"


@pytest.mark.parametrize("end", [by_reset, by_disabling])
@pytest.mark.parametrize("before", [None, "ended", "expired"])
async def test_nothing_is_kept_of_a_browser_that_was_locked_out(
    portal: Portal, owner: httpx.AsyncClient, end: End, before: str | None
) -> None:
    """Whoever resets a password may do so because of the person at the other browser."""
    async with await portal.signed_in("owner") as other:
        if before == "ended":
            await from_other_device(portal, other)
        if before == "expired":
            await expire()
        await end(portal, other)
    assert (await owner.post(NEW, data=FORM)).status_code == 303
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_nothing_is_kept_and_nothing_said_after_logging_out(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    name = portal.settings.session_cookie
    token = owner.cookies[name]
    await owner.post("/logout")
    owner.cookies.set(name, token)
    login = (await owner.post(NEW, data=FORM)).headers["location"]
    assert await fetch_value("select count(*) from parked_form") == 0
    assert 'class="notice"' not in (await owner.get("/login")).text
    assert KEPT not in (await owner.get(login)).text


async def test_a_disabled_account_is_told_nothing(portal: Portal, owner: httpx.AsyncClient) -> None:
    async with await portal.signed_in("owner") as other:
        await from_other_device(portal, other)
    await by_disabling(portal, owner)
    assert 'class="notice"' not in (await owner.get("/login")).text


async def test_an_ended_session_leaves_a_few_forms_and_no_more(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("owner") as other:
        await from_other_device(portal, other)
    for _ in range(FORMS_AFTER_END + 3):
        assert (await owner.post(NEW, data=FORM)).status_code == 303
    assert await fetch_value("select count(*) from parked_form") == FORMS_AFTER_END


@pytest.mark.parametrize("ending", [None, *Ending])
def test_an_ended_session_leaves_forms_for_a_day(ending: Ending | None) -> None:
    now = clock.now()
    over = OverSession(UUID(int=1), UUID(int=2), ending, now)
    locked_out = {Ending.PASSWORD_RESET, Ending.FACTOR_REMOVAL, Ending.ACCOUNT_DISABLING}
    assert over.may_leave_form(now) == (ending not in locked_out)
    assert over.may_leave_form(now + TOLD_FOR) == (ending is None), "its row is swept in time"


async def test_an_ended_session_opens_nothing_and_never_runs_again(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("owner") as other:
        await from_other_device(portal, other)
        page = (await other.get("/profile/sessions")).text
        assert page.count("<time") and "others/end" not in page, "it is not listed"
    assert (await owner.get("/contracts")).status_code == 303
    for change in ("ended_at = null, end_reason = null", "expires_at = expires_at + interval '1 h'",
                   "token_hash = '\\x00'", "end_reason = 'nonsense'"):  # fmt: skip
        with pytest.raises(asyncpg.CheckViolationError):
            await fetch(f"update session set {change} where ended_at is not null")


async def test_a_decision_is_asked_for_again_and_never_sent_again(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    """Or one press would carry out what the person at the ended browser had prepared."""
    location = (await owner.post(NEW, data=FORM)).headers["location"]
    async with await portal.signed_in("owner") as other:
        await from_other_device(portal, other)
    login = (await owner.post(location)).headers["location"]
    assert wanted(login) == location
    assert await fetch_value("select count(*) from parked_form") == 0
    assert KEPT in (await owner.get(login)).text, "the confirm page has kept it"


async def test_an_expired_session_is_said_and_a_plain_link_is_explained(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await expire()
    login = (await owner.post(NEW, data=FORM)).headers["location"]
    page = (await owner.get(login)).text
    assert "有効期限が切れました" in page and KEPT in page
    assert KEPT not in (await owner.get("/login?next=/contracts")).text, "nothing waits there"
    async with portal.anonymous() as nobody:
        page = (await nobody.get(login)).text
        assert "有効期限" not in page and KEPT not in page, "only the browser itself is told"
        assert "ご指定のページを表示するには" in page
        assert 'class="notice"' not in (await nobody.get("/login")).text
    async with await portal.signed_in("outsider") as outsider:
        await fetch("update session set expires_at = now() - interval '1 second'")
        assert KEPT not in (await outsider.get(login)).text, "another person's form is not told of"


async def test_the_page_says_it_in_english(portal: Portal, english: httpx.AsyncClient) -> None:
    await expire()
    login = (await english.post("/profile", data={"name": "x", "language": "en"})).headers[
        "location"
    ]
    page = (await english.get(login)).text
    assert "Your session has expired. Sign in again." in page
    assert "What you entered was kept. You can send it after you sign in." in page


async def test_the_cookie_outlasts_its_session(portal: Portal) -> None:
    """Else the browser has nothing to show when the time is up, and its form is lost."""
    form = {"code": "owner", "password": "portal-demo-2026"}
    async with portal.anonymous() as client:
        cookies = (await client.post("/login", data=form)).headers.get_list("set-cookie")
    [session] = [c for c in cookies if c.startswith(portal.settings.session_cookie)]
    assert f"Max-Age={48 * 3600}" in session


async def test_new_terms_say_that_the_form_is_kept(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await fetch(
        "insert into terms_of_use (id, version, body_ja, body_en, published_at)"
        " select gen_random_uuid(), max(version) + 1, 'x', 'x', now() from terms_of_use"
    )
    terms = (await owner.post(NEW, data=FORM)).headers["location"]
    assert "利用規約に同意すると、もう一度送信できます" in (await owner.get(terms)).text
    assert KEPT not in (await owner.get("/terms")).text


async def test_a_change_that_comes_to_nothing_ends_no_session(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("owner") as other:
        place, secret = await begin_app(other)
        wrong = str(int(code(secret)) ^ 1).zfill(6)
        assert (await other.post(place, data={"code": wrong})).status_code == 422
        async with own_change(await viewer(other, portal.settings), Ending.FACTOR_CHANGE):
            """As where there are too many passkeys already."""
        for browser in (owner, other):
            assert (await browser.get("/profile")).status_code == 200
    assert await fetch_value("select count(*) from session where ended_at is not null") == 0
