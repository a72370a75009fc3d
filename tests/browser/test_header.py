"""The header: its menus, and how little of a phone it takes."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import CastMaker
from tests.browser.journeys.environments import LIST

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE = ViewportSize(width=390, height=800)
BEFORE_THE_CONTENT = 170
BOTTOM = "e => e.getBoundingClientRect().bottom + scrollY"
ROWS = """() => new Set([...document.querySelectorAll('.top > *')].filter(e => e.checkVisibility())
  .map(e => e.getBoundingClientRect()).map(box => Math.round(box.top + box.height / 2))).size"""


async def is_open(page: Page, menu: str) -> bool:
    """Whether a menu of the header is open."""
    return bool(await page.locator(menu).evaluate("e => e.open"))


@pytest.mark.parametrize("path", ["/", LIST])
async def test_the_persons_menu_closes_by_escape_and_by_a_click_elsewhere(
    make_cast: CastMaker, path: str
) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        page = person.page
        await person.visit(path)
        summary = page.locator(".person summary")
        await summary.click()
        assert await is_open(page, ".person")
        await page.keyboard.press("Escape")
        assert not await is_open(page, ".person")
        await expect(summary).to_be_focused()
        await summary.click()
        await page.locator("h1").click()
        assert not await is_open(page, ".person")
        await summary.click()
        await expect(page.locator(".person ul")).to_be_visible()


@pytest.mark.parametrize("mode", ["mouse", "no-script"])
async def test_on_a_phone_the_header_is_one_row_and_opens_to_all_places(
    make_cast: CastMaker, mode: str
) -> None:
    async with make_cast(mode) as cast:
        person = await cast.person("owner")
        page = person.page
        await page.set_viewport_size(PHONE)
        for path in (LIST, "/"):
            await person.visit(path)
            assert await page.evaluate(ROWS) == 1
        place = page.locator(".top nav").get_by_role("link", name="サイトマップ")
        await expect(place).to_be_hidden()
        await page.locator(".menu summary").click()
        await place.click()
        await person.sees_heading("サイトマップ")


async def test_on_a_phone_a_contracts_page_begins_early(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.page.set_viewport_size(PHONE)
        await person.visit(LIST)
        bottom = await person.page.locator(".band").evaluate(BOTTOM)
        assert bottom <= BEFORE_THE_CONTENT
