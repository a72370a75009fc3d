"""Reload, Back, twice the same: whatever people do, a change happens once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from app.database import fetch_value
from tests.browser.cast import Cast
from tests.browser.conftest import CastMaker
from tests.browser.journeys.environments import LIST
from tests.browser.people import MODES, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAME = "重複しない環境"
TAB_OF_THE_ADDRESS = """() => document.readyState === 'complete' && location.pathname
  === document.querySelector('.tabs [aria-current=page]').getAttribute('href')"""


@pytest_asyncio.fixture(loop_scope="session", params=["mouse", "no-script"])
async def cast(make_cast: CastMaker, request: pytest.FixtureRequest) -> AsyncIterator[Cast]:
    """With swaps, and with whole pages."""
    assert request.param in MODES
    async with make_cast(request.param) as people:
        yield people


async def _environments(name: str = NAME) -> int:
    return int(await fetch_value("select count(*) from environment where name = $1", name) or 0)


async def _up_to_the_confirm_page(person: Person) -> None:
    await person.visit(LIST)
    await person.press("新しい環境を作成")
    await person.fill("環境名", NAME)
    await person.fill("ソートキー", "7")
    await person.press("登録")
    await expect(person.page.get_by_role("button", name="決定")).to_be_visible()


async def test_every_step_survives_a_reload(cast: Cast) -> None:
    person = await cast.person("owner")
    await person.visit(LIST)
    await person.press("新しい環境を作成")
    await person.reload()
    await person.fill("環境名", NAME)
    await person.fill("ソートキー", "7")
    await person.press("登録")
    await person.reload()
    await person.sees(NAME)
    await person.press("決定")
    await person.sees_status(NAME)
    await person.reload()
    await person.sees(NAME)
    assert await _environments() == 1


async def test_back_shows_each_step_again_with_what_was_entered(cast: Cast) -> None:
    person = await cast.person("owner")
    await _up_to_the_confirm_page(person)
    await person.back()
    await person.sees_heading("新しい環境を作成")
    if cast.looks:
        # htmx's history leads to the draft; a browser without scripts keeps what it likes.
        await person.finds("環境名", NAME)
    await person.back()
    await person.sees("検証環境")
    await person.forward()
    await person.sees_heading("新しい環境を作成")
    await person.forward()
    await expect(person.page.get_by_role("button", name="決定")).to_be_visible()
    await person.press("戻る")
    await person.finds("環境名", NAME)
    assert await _environments() == 0


async def test_back_pressed_quickly_ends_on_the_page_of_the_address(make_cast: CastMaker) -> None:
    """A swap that is still on its way must not come out under another address."""
    async with make_cast("mouse") as cast:
        person = await cast.person("owner")
        await person.visit("/contracts/D-1001")
        for tab in ("製品", "環境", "関係者", "リソース"):
            await person.press(tab)
        await person.back(times=3)
        await person.page.wait_for_load_state("networkidle")
        await person.page.wait_for_function(TAB_OF_THE_ADDRESS)


async def test_back_and_confirming_again_does_not_do_it_again(cast: Cast) -> None:
    person = await cast.person("owner")
    await _up_to_the_confirm_page(person)
    await person.press("決定")
    await person.sees_status(NAME)
    await person.back()
    again = person.page.get_by_role("button", name="決定")
    # A browser may show what it kept of the confirm page, or ask and be led to what was done.
    await expect(again.or_(person.page.locator("#status", has_text=NAME)).first).to_be_visible()
    if await again.count():
        await person.press("決定")
    await person.sees_status(NAME)
    assert await _environments() == 1


async def test_the_address_of_what_is_done_leads_to_where_it_is_seen(cast: Cast) -> None:
    person = await cast.person("owner")
    await _up_to_the_confirm_page(person)
    confirm_page = person.page.url
    await person.press("決定")
    await person.sees_status(NAME)
    await person.visit(confirm_page)
    await person.sees_status(NAME)
    assert "/environments?created=" in person.page.url
    assert await _environments() == 1


async def test_confirming_from_a_second_tab_has_one_effect(cast: Cast) -> None:
    person = await cast.person("owner")
    await _up_to_the_confirm_page(person)
    second: Page = await person.page.context.new_page()
    await second.goto(person.page.url)
    await person.press("決定")
    await second.get_by_role("button", name="決定").click()
    await expect(second.locator("#status")).to_contain_text(NAME)
    assert await _environments() == 1


async def test_a_double_click_on_confirm_has_one_effect(cast: Cast) -> None:
    person = await cast.person("owner")
    await _up_to_the_confirm_page(person)
    await person.page.get_by_role("button", name="決定").dblclick()
    await person.sees_status(NAME)
    assert await _environments() == 1


async def test_the_same_form_sent_from_two_browsers_is_done_for_one(cast: Cast) -> None:
    await cast.site.make_owner("member", "D-1001")
    people = [await cast.person("owner"), await cast.person("member")]
    for person in people:
        await _up_to_the_confirm_page(person)
    buttons = [p.page.get_by_role("button", name="決定") for p in people]
    await asyncio.gather(*(button.click() for button in buttons))
    done = [p.page.locator("#status").filter(has_text=NAME) for p in people]
    refused = [p.page.locator(".errors").filter(has_text="環境名") for p in people]
    for first, second in zip(done, refused, strict=True):
        await expect(first.or_(second).first).to_be_visible()
    assert sum([await each.count() for each in done]) == 1
    assert await _environments() == 1
