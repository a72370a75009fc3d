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
    await person.back()
    await person.sees("検証環境")
    await person.page.go_forward()
    await person.page.go_forward()
    await expect(person.page.get_by_role("button", name="決定")).to_be_visible()
    await person.press("戻る")
    await person.finds("環境名", NAME)
    assert await _environments() == 0


async def test_back_after_done_does_not_do_it_again(cast: Cast) -> None:
    person = await cast.person("owner")
    await _up_to_the_confirm_page(person)
    confirm_page = person.page.url
    await person.press("決定")
    await person.sees_status(NAME)
    await person.back()
    await person.visit(confirm_page)
    await person.sees(NAME)
    assert "/environments?done=" in person.page.url, "what is done is shown, not offered again"
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
