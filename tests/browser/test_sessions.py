"""A session that ends in the middle, another language, and a line that breaks."""

import pytest
from playwright.async_api import Route, expect

from app.database import fetch_value
from tests.browser.conftest import CastMaker
from tests.browser.journeys.environments import LIST
from tests.browser.journeys.sign_in import PASSWORD
from tests.browser.people import MODES, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAME = "期限後の環境"
MINUTE = 60_000


async def _log_in(person: Person) -> None:
    await person.sees_heading("ログイン")
    await person.fill("ユーザコードまたはメールアドレス", "owner")
    await person.fill("パスワード", PASSWORD)
    await person.press("ログイン")


async def _enter(person: Person) -> None:
    await person.visit(LIST)
    await person.press("新しい環境を作成")
    await person.fill("環境名", NAME)
    await person.fill("ソートキー", "8")


@pytest.mark.parametrize("mode", MODES)
async def test_a_form_sent_with_an_expired_session_is_offered_again(
    make_cast: CastMaker, mode: str
) -> None:
    async with make_cast(mode) as cast:
        person = await cast.person("owner")
        await _enter(person)
        await cast.site.expire_sessions("owner")
        async with person.page.expect_navigation(url="**/login?next=*"):
            await person.leave_by("登録")
        await _log_in(person)
        await person.sees_heading("入力した内容が残っています")
        await cast.look(person)
        await person.press("もう一度送信")
        await person.sees(NAME)
        await person.press("決定")
        await person.sees_status(NAME)


@pytest.mark.parametrize(("mode", "language"), [*((mode, "ja") for mode in MODES), ("mouse", "en")])
async def test_a_form_sent_after_signing_out_everywhere_is_offered_again(
    make_cast: CastMaker, mode: str, language: str
) -> None:
    async with make_cast(mode, language) as cast:
        person = await cast.person("owner")
        await _enter(person)
        await cast.site.end_sessions("owner")
        async with person.page.expect_navigation(url="**/login?next=*"):
            await person.leave_by("登録")
        await person.sees("ほかの端末からの操作により、ログアウトされました。")
        await person.sees("入力した内容は保存されています。ログインすると、もう一度送信できます。")
        await cast.look(person)
        await _log_in(person)
        await person.sees_heading("入力した内容が残っています")
        await person.sees("送信日時")
        await cast.look(person)
        await person.press("もう一度送信")
        await person.sees(NAME)
        await person.press("決定")
        await person.sees_status(NAME)


async def test_nobody_else_is_offered_the_kept_form(make_cast: CastMaker) -> None:
    async with make_cast("no-script") as cast:
        person, other = await cast.person("owner"), await cast.person("member")
        await _enter(person)
        await cast.site.expire_sessions("owner")
        await person.press("登録")
        kept = await fetch_value("select id from parked_form")
        await other.visit(f"/parked-forms/{kept}")
        await other.does_not_see(NAME)
        await other.sees_heading("ホーム")


@pytest.mark.parametrize("mode", MODES)
async def test_a_page_opened_with_an_expired_session_comes_after_logging_in(
    make_cast: CastMaker, mode: str
) -> None:
    async with make_cast(mode) as cast:
        person = await cast.person("owner")
        await person.visit(LIST)
        await cast.site.expire_sessions("owner")
        async with person.page.expect_navigation(url="**/login?next=*"):
            await person.leave_by("関係者")
        await _log_in(person)
        await person.sees_heading("基幹システム契約")


@pytest.mark.parametrize("mode", MODES)
async def test_the_language_switch_keeps_the_page(make_cast: CastMaker, mode: str) -> None:
    async with make_cast(mode) as cast:
        person = await cast.person("owner")
        await person.visit("/contracts/D-1001/products?expired=1")
        await person.press("English")
        person.language = "en"
        assert person.page.url == f"{person.base}/contracts/D-1001/products?expired=1"
        await person.sees_heading("製品")
        await expect(person.page.locator("html")).to_have_attribute("lang", "en")
        await person.press("日本語")
        await expect(person.page.locator("html")).to_have_attribute("lang", "ja")


@pytest.mark.parametrize("mode", ["mouse", "keyboard"])
async def test_the_language_switch_knows_the_page_that_a_swap_brought(
    make_cast: CastMaker, mode: str
) -> None:
    async with make_cast(mode) as cast:
        person = await cast.person("owner")
        await person.visit("/contracts/D-1001")
        await person.press("関係者")
        await person.press("English")
        person.language = "en"
        assert person.page.url == f"{person.base}/contracts/D-1001/members"
        await person.sees_heading("関係者")


@pytest.mark.parametrize("mode", ["mouse", "keyboard"])
async def test_a_lost_line_is_said_and_nothing_entered_is_lost(
    make_cast: CastMaker, mode: str
) -> None:
    async with make_cast(mode) as cast:
        person = await cast.person("owner")
        await _enter(person)

        async def lose(route: Route) -> None:
            await route.abort("internetdisconnected")

        await person.page.route("**/environments/new", lose)
        await person.leave_by("登録")
        await expect(person.page.locator("#alert")).to_contain_text("通信できませんでした")
        await person.finds("環境名", NAME)
        await cast.look(person)
        await person.page.unroute("**/environments/new")
        person.problems.clear()
        await person.press("登録")
        await expect(person.page.locator("#alert")).to_be_empty()
        await person.press("決定")
        await person.sees_status(NAME)


async def test_staff_are_warned_and_can_stay_with_what_they_typed(make_cast: CastMaker) -> None:
    """WCAG 2.2.1. Time is the browser's own, put forward; the server's goes on as usual."""
    async with make_cast() as cast:
        clerk = await cast.person("clerk")
        await clerk.page.clock.install()
        await clerk.visit("/staff/companies/new")
        await clerk.fill("会社名", "保たれる入力")
        warning = clerk.page.locator("#alert")
        await clerk.page.clock.fast_forward(19 * MINUTE)
        await expect(warning).to_be_empty()
        await clerk.page.clock.fast_forward(2 * MINUTE)
        await clerk.sees("操作がないため")
        await cast.look(clerk)
        await warning.get_by_role("button").click()
        await expect(warning).to_be_empty()
        await clerk.finds("会社名", "保たれる入力")
        await clerk.page.clock.fast_forward(21 * MINUTE)
        await clerk.sees("操作がないため")
