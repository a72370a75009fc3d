"""A forgotten password: a one-time link by mail, and no word about who has an account."""

import asyncio
import io

import httpx
import pytest
import structlog

from app.database import fetch, fetch_value
from app.mail.messages import part
from tests.accounts.factors import add_app
from tests.conftest import Portal
from tests.mail.post import deliver, link, newest, text

NEW = "correct horse battery staple 9"


async def ask(portal: Portal, account: str, language: str = "ja") -> httpx.Response:
    """Ask for a link, as somebody who is not signed in."""
    async with portal.anonymous() as client:
        client.headers["Accept-Language"] = language
        return await client.post("/password/forgotten", data={"account": account})


async def path(portal: Portal, account: str = "owner") -> str:
    """Path of a fresh link, out of its mail."""
    await ask(portal, account)
    return link(await newest(portal.settings)).removeprefix(portal.settings.base_url)


async def log_in(portal: Portal, code: str, password: str) -> int:
    async with portal.anonymous() as client:
        answer = await client.post("/login", data={"code": code, "password": password})
        return answer.status_code


def passwords(password: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"password": password, "again": password if again is None else again}


@pytest.mark.parametrize("account", ["owner", "OWNER", "ｏｗｎｅｒ", "owner@example.com"])
async def test_a_link_leads_from_the_log_in_page_to_a_new_password(
    portal: Portal, account: str
) -> None:
    async with portal.anonymous() as client:
        assert 'href="/password/forgotten"' in (await client.get("/login")).text
        form = await client.get("/password/forgotten")
        assert "ユーザコードまたはメールアドレス" in form.text
        sent = await client.post("/password/forgotten", data={"account": account})
        assert sent.headers["location"] == "/password/forgotten/sent"
        assert "1時間以内" in (await client.get("/password/forgotten/sent")).text
        mail = await newest(portal.settings)
        assert mail["to"] == "鈴木 一郎 <owner@example.com>"
        assert mail["subject"] == "新しいパスワードの設定"
        reset = link(mail)
        assert reset.startswith(f"{portal.settings.base_url}/password/reset/")
        assert "owner" in (await client.get(reset)).text
        done = await client.post(reset, data=passwords())
        assert done.status_code == 303
        after = await client.get(done.headers["location"])
        assert "新しいパスワードを設定しました" in after.text
    assert await log_in(portal, "owner", NEW) == 303
    assert await log_in(portal, "owner", "portal-demo-2026") == 422


async def test_a_new_password_does_not_get_past_the_second_factor(portal: Portal) -> None:
    async with await portal.signed_in("owner") as owner:
        await add_app(owner)
    reset = await path(portal)
    async with portal.anonymous() as client:
        assert (await client.post(reset, data=passwords())).status_code == 303
        form = {"code": "owner", "password": NEW}
        answer = await client.post("/login", data=form)
        assert answer.headers["location"].startswith("/login/second-factor")
        assert (await client.get("/contracts")).status_code == 303, "nobody is signed in yet"


async def test_the_mail_is_in_the_language_of_the_account_not_of_the_browser(
    portal: Portal,
) -> None:
    await ask(portal, "english", language="ja")
    mail = await newest(portal.settings)
    assert mail["subject"] == "Set a new password"
    assert mail["from"].addresses[0].display_name == "License Portal"
    assert "Dear Alex Morgan," in text(mail)
    assert "Someone asked to set a new password" in part(mail, "html")
    await ask(portal, "member", language="en")
    assert "佐藤 美咲 様" in text(await newest(portal.settings))


async def test_the_english_pages_are_english(portal: Portal) -> None:
    async with portal.anonymous() as client:
        client.headers["Accept-Language"] = "en"
        assert "Reset your password" in (await client.get("/password/forgotten")).text
        assert "Check your email" in (await client.get("/password/forgotten/sent")).text
        reset = await path(portal, "english")
        assert "Set a new password" in (await client.get(reset)).text
        await client.post(reset, data=passwords())
        again = await client.get(reset)
    assert again.status_code == 404 and "This link no longer works" in again.text


@pytest.mark.parametrize("account", ["nobody", "nobody@example.com", "owner@example.com.invalid"])
async def test_the_answer_for_an_unknown_account_is_the_same(portal: Portal, account: str) -> None:
    known, unknown = await ask(portal, "owner"), await ask(portal, account)
    assert known.status_code == unknown.status_code == 303
    assert known.headers["location"] == unknown.headers["location"]
    assert known.content == unknown.content
    assert len(await deliver(portal.settings)) == 1
    assert await fetch_value("select count(*) from password_reset") == 1


async def test_a_disabled_account_gets_no_mail(portal: Portal) -> None:
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    assert (await ask(portal, "owner")).status_code == 303
    assert not await deliver(portal.settings)


async def test_a_link_for_a_disabled_account_is_dead(portal: Portal) -> None:
    reset = await path(portal)
    await fetch("update portal_user set disabled_at = now() where code = 'owner'")
    async with portal.anonymous() as client:
        assert (await client.post(reset, data=passwords())).status_code == 404


async def test_an_empty_form_is_told_so(portal: Portal) -> None:
    answer = await ask(portal, "")
    assert answer.status_code == 422 and 'id="account-error"' in answer.text


async def test_asking_again_and_again_is_slowed_down_for_known_and_unknown(
    portal: Portal,
) -> None:
    for account in ("owner", "nobody"):
        answers = [await ask(portal, account) for _ in range(7)]
        assert [answer.status_code for answer in answers[:5]] == [303] * 5
        assert answers[-1].status_code == 429 and "Retry-After" in answers[-1].headers
    assert await log_in(portal, "owner", "portal-demo-2026") == 303, "log-in is not slowed down"


async def test_nobody_gets_more_than_five_mails_an_hour(portal: Portal) -> None:
    for account in ["owner"] * 3 + ["owner@example.com"] * 4:
        assert (await ask(portal, account)).status_code == 303
    assert len(await deliver(portal.settings)) == 5


async def test_looking_at_the_page_uses_nothing_up(portal: Portal) -> None:
    reset = await path(portal)
    async with portal.anonymous() as client:
        pages = [await client.get(reset) for _ in range(3)]
        assert {page.status_code for page in pages} == {200}
        assert pages[0].headers["cache-control"] == "no-store"
        assert (await client.post(reset, data=passwords())).status_code == 303


async def test_of_ten_who_send_the_same_link_at_once_one_sets_the_password(
    portal: Portal,
) -> None:
    reset = await path(portal)
    async with portal.anonymous() as client:
        sends = [client.post(reset, data=passwords(f"{NEW}{n}")) for n in range(10)]
        statuses = [answer.status_code for answer in await asyncio.gather(*sends)]
    assert sorted(statuses) == [303] + [404] * 9
    assert await log_in(portal, "owner", f"{NEW}{statuses.index(303)}") == 303


async def test_a_link_dies_after_an_hour_and_when_another_was_used(portal: Portal) -> None:
    first, second, third = [await path(portal) for _ in range(3)]
    await fetch(
        "update password_reset set created_at = created_at - interval '1 hour',"
        " expires_at = expires_at - interval '1 hour'"
        " where id = (select id from password_reset order by id limit 1)"
    )
    async with portal.anonymous() as client:
        assert (await client.get(first)).status_code == 404
        assert (await client.post(second, data=passwords())).status_code == 303
        for dead in (first, second, third, third[:-1], third + "x"):
            assert (await client.get(dead)).status_code == 404
            assert (await client.post(dead, data=passwords())).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        passwords("short"),
        passwords("aaaaaaaaaaaaaaaaaaaa"),
        passwords(NEW, "something else 123"),
        passwords(""),
    ],
)
async def test_a_bad_password_leaves_the_link_usable(portal: Portal, form: dict[str, str]) -> None:
    reset = await path(portal)
    async with portal.anonymous() as client:
        refused = await client.post(reset, data=form)
        assert refused.status_code == 422 and 'role="alert"' in refused.text
        assert (await client.post(reset, data=passwords())).status_code == 303


async def test_a_new_password_ends_all_sessions_and_is_told_by_mail(portal: Portal) -> None:
    async with await portal.signed_in("owner") as elsewhere:
        assert (await elsewhere.get("/")).status_code == 200
        reset = await path(portal)
        async with portal.anonymous() as client:
            await client.post(reset, data=passwords())
        assert (await elsewhere.get("/")).headers["location"] == "/login"
    mail = await newest(portal.settings)
    assert mail["subject"] == "パスワードが変更されました"
    assert link(mail) == f"{portal.settings.base_url}/password/forgotten"
    events = await fetch("select event_type from audit_event order by id desc limit 1")
    assert events[0]["event_type"] == "password-reset"


async def test_a_new_password_stands_in_for_the_forced_change(portal: Portal) -> None:
    reset = await path(portal, "newcomer")
    async with portal.anonymous() as client:
        await client.post(reset, data=passwords())
    changed = "select must_change_password from portal_user where code = 'newcomer'"
    assert await fetch_value(changed) is False


async def test_the_link_comes_from_the_base_url_whatever_the_host_header_says(
    portal: Portal,
) -> None:
    async with portal.anonymous() as client:
        await client.post(
            "/password/forgotten",
            data={"account": "owner"},
            headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        )
    mail = await newest(portal.settings)
    assert "evil.example" not in mail.as_string() + text(mail) + part(mail, "html")


async def test_another_site_can_not_ask(portal: Portal) -> None:
    async with portal.anonymous() as client:
        answer = await client.post(
            "/password/forgotten",
            data={"account": "owner"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
    assert answer.status_code == 403
    assert not await deliver(portal.settings)


async def _everything_kept() -> str:
    """All rows of all tables as text; bytes as hex, and as the text that they may be."""
    tables = await fetch("select tablename from pg_tables where schemaname = 'public'")
    kept = ""
    for row in tables:
        for value in await fetch(f'select t::text as row from "{row["tablename"]}" t'):
            kept += str(value["row"])
    return kept


async def test_the_token_is_nowhere_in_the_database_nor_in_the_log(
    portal: Portal,
) -> None:
    lines = io.StringIO()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(lines),
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    async with await portal.signed_in("owner") as client:
        await ask(portal, "owner")
        queued = await _everything_kept()
        reset = link(await newest(portal.settings))
        token = reset.rsplit("/", 1)[1]
        # An expired session has its forms parked; this one must not be.
        await fetch("update session set expires_at = now() - interval '1 second'")
        assert (await client.get(reset)).status_code == 200
        await client.post(reset, data=passwords("short"))
        assert (await client.post(reset, data=passwords())).status_code == 303
    structlog.reset_defaults()
    everything = queued + await _everything_kept()
    assert "/password/reset/…" in lines.getvalue()
    for needle in (token, token[:20]):
        assert needle not in lines.getvalue()
        for kept in (needle, needle.encode().hex()):
            assert kept not in everything
    assert "owner@example.com" not in await _mail_rows()


async def _mail_rows() -> str:
    return "".join(str(row["m"]) for row in await fetch("select m::text as m from mail m"))
