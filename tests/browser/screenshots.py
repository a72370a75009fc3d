"""Makes the picture of the README: the environments of D-1001, with the browser of the tests.

python -m tests.browser.screenshots
"""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.async_api import async_playwright

from app.cli.runtime import with_demo_secrets
from app.database.embedded import EmbeddedServer
from app.settings import read_settings
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.site import serve
from tests.conftest import Stage, make_template

PICTURE = Path(__file__).parents[2] / "docs" / "screenshot.png"
LARGEST = 120_000
WIDTH, HEIGHT = 1200, 680


def main() -> None:
    """Start a demo of its own, take the picture, stop everything."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            asyncio.run(make_template(addresses, settings))
            asyncio.run(_take(Stage(addresses, settings)))
    size = PICTURE.stat().st_size
    if size > LARGEST:
        sys.exit(f"{PICTURE.name} has {size:,} bytes; {LARGEST:,} are allowed")


async def _take(stage: Stage) -> None:
    program = find_chromium()
    if program is None:
        sys.exit("there is no Chromium")
    async with async_playwright() as playwright, serve(stage) as site:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="ja-JP", color_scheme="light"
        )
        await site.sign_in(page.context, "owner")
        await page.goto(f"{site.url}/contracts/D-1001/environments")
        await page.screenshot(path=PICTURE)
        await browser.close()


if __name__ == "__main__":
    main()
