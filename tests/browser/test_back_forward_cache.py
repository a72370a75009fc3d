"""The browser's Back finds a page as it was left, scripts and all: nothing on it may be stuck."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.cast import Cast
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.journeys.environments import LIST
from tests.browser.people import Person
from tests.browser.site import serve
from tests.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def cast(stage: Stage, world: str, chromium: Browser, tmp_path: Path) -> AsyncIterator[Cast]:
    """A browser that keeps the pages it leaves, which Playwright usually forbids."""
    browser = await chromium.browser_type.launch(
        executable_path=find_chromium(),
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    async with serve(stage, world) as site:
        people = Cast(site, browser, "mouse", "ja", tmp_path)
        yield people
        await people.leave()
    await browser.close()


async def _mark(person: Person) -> None:
    await person.page.evaluate("window.kept = true")


async def _back(person: Person) -> None:
    await person.page.go_back(wait_until="commit")
    await person.page.wait_for_function("window.kept")


@pytest.mark.parametrize("place", ["/staff/resources/uploads/new", "/staff/imports/new"])
async def test_back_after_an_upload_the_file_can_be_sent_again(
    cast: Cast, tmp_path: Path, place: str
) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("name,reading,corporate_group\n新しい会社,アタラシイ,\n", "utf-8")
    person = await cast.person("clerk")
    await person.visit(place)
    await _mark(person)
    await person.page.locator("#file").set_input_files(file)
    button = person.page.locator("form[data-progress] button")
    for _ in range(2):
        async with person.page.expect_navigation(url=lambda url: not url.endswith(place)):
            await button.click()
        await _back(person)
        await expect(button).to_be_enabled()
        await expect(person.page.locator("progress")).to_be_hidden()


async def test_back_from_the_sign_in_page_the_form_can_be_sent_again(cast: Cast) -> None:
    person = await cast.person("owner")
    await person.visit(f"{LIST}/new")
    await _mark(person)
    await person.fill("環境名", "戻った環境")
    await person.fill("ソートキー", "8")
    await cast.site.expire_sessions("owner")
    async with person.page.expect_navigation(url="**/login?next=*"):
        await person.leave_by("登録")
    await _back(person)
    await person.finds("環境名", "戻った環境")
    await cast.site.sign_in(person.page.context, "owner")
    await person.press("登録")
    await person.sees("戻った環境")
    await person.press("決定")
    await person.sees_status("戻った環境")
