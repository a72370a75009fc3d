"""Keys of the console: they search and turn pages, never while somebody types, and can be off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from app.database import fetch
from tests.browser.conftest import CastMaker

pytestmark = pytest.mark.asyncio(loop_scope="session")
LIST = "/staff/users?rows=25"


@asynccontextmanager
async def long_list(make_cast: CastMaker) -> AsyncIterator[Page]:
    """A list of several pages, in front of an administrator."""
    async with make_cast() as cast:
        await fetch(
            "insert into portal_user (id, code, name, email, language, password_hash,"
            " must_change_password, created_at) select gen_random_uuid(), 'user' || n,"
            " format('担当 %s', n), format('user%s@example.com', n), 'ja', '-', false, now()"
            " from generate_series(1, 40) n"
        )
        person = await cast.person("staff")
        await person.visit(LIST)
        yield person.page


async def test_keys_turn_pages_and_go_to_the_search(make_cast: CastMaker) -> None:
    async with long_list(make_cast) as page:
        first = page.url
        await page.keyboard.press("n")
        await page.wait_for_url("**after=*")
        await page.keyboard.press("p")
        await page.wait_for_url("**before=*")
        assert page.url != first
        await page.keyboard.press("/")
        search = page.locator(".find input")
        await expect(search).to_be_focused()
        await page.keyboard.type("n/p?")
        await expect(search).to_have_value("n/p?")
        assert "before=" in page.url, "what is typed into a field turns no page"


async def test_keys_with_modifiers_and_while_composing_do_nothing(make_cast: CastMaker) -> None:
    async with long_list(make_cast) as page:
        before = page.url
        for keys in ("Control+n", "Alt+n", "Meta+n", "Shift+N"):
            await page.locator("main").dispatch_event(
                "keydown",
                {
                    "key": keys.split("+")[1],
                    "ctrlKey": "Control" in keys,
                    "altKey": "Alt" in keys,
                    "metaKey": "Meta" in keys,
                    "bubbles": True,
                },
            )
        composing = {"key": "n", "isComposing": True, "bubbles": True}
        await page.locator("main").dispatch_event("keydown", composing)
        await page.locator("select").first.focus()
        await page.keyboard.press("n")
        await page.keyboard.press("F2")
        assert page.url == before


async def test_the_list_of_keys_is_shown_and_switches_them_off_beyond_signing_out(
    make_cast: CastMaker,
) -> None:
    async with long_list(make_cast) as page:
        await page.keyboard.press("?")
        summary = page.locator("#shortcuts summary")
        await expect(summary).to_be_focused()
        await expect(page.locator("#shortcuts kbd")).to_have_text(["/", "n", "p", "?"])
        switch = page.get_by_label("キーボードショートカットを使用")
        await switch.uncheck()
        before = page.url
        await summary.focus()
        await page.keyboard.press("n")
        await page.reload()
        await expect(switch).not_to_be_checked()
        await page.locator("h1").click()
        await page.keyboard.press("n")
        await page.keyboard.press("/")
        await expect(page.locator(".find input")).not_to_be_focused()
        assert page.url == before
        await page.keyboard.press("Escape")
        kept = [c for c in await page.context.cookies() if c["name"] == "shortcuts"]
        assert [cookie["value"] for cookie in kept] == ["off"]
        await summary.click()
        await switch.check()
        assert "shortcuts" not in {c["name"] for c in await page.context.cookies()}
        await page.locator("h1").click()
        await page.keyboard.press("n")
        await page.wait_for_url("**after=*")
