"""One Chromium for all browser tests; a portal and browser profiles for each of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser import thorough
from tests.browser.cast import PATIENCE_MS, Cast
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.html_validator import HtmlValidator, whole_page
from tests.browser.people import Keyboard
from tests.browser.site import serve
from tests.conftest import Stage
from tests.missing import missing

NO_CHROMIUM = "there is no Chromium: install the package chromium to run the browser tests"
CastMaker = Callable[..., AbstractAsyncContextManager[Cast]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser, started once."""
    program = find_chromium()
    if program is None:
        missing(NO_CHROMIUM)
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def html_validator() -> AsyncIterator[HtmlValidator]:
    """html-validate, started once."""
    validator = await HtmlValidator.start()
    yield validator
    await validator.stop()


@pytest.fixture
def make_cast(
    stage: Stage, world: str, chromium: Browser, html_validator: HtmlValidator, tmp_path: Path
) -> CastMaker:
    """Opens a portal with people in front of it; at the end, every page sent must be valid.

    A test opens one: its database is not made again in between.
    """

    @asynccontextmanager
    async def cast(
        mode: str = "mouse", language: str = "ja", **changes: Any
    ) -> AsyncIterator[Cast]:
        async with serve(stage, world, **changes) as site:
            people = Cast(site, chromium, mode, language, tmp_path)
            try:
                yield people
            finally:
                await people.leave()
        # The keyboard gets what the mouse gets.
        for html, address in site.sent.pages.items() if mode != Keyboard.mode else ():
            thorough.keep(whole_page(html))
            faults = await html_validator.faults(html)
            assert not faults, f"{address}: {faults}"

    return cast
