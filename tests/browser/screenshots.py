"""Make the pictures of README: the environments of D-1001, in both languages.

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
from tests.browser.guide.camera import convert
from tests.browser.site import serve
from tests.conftest import Stage, make_template

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LANGUAGES = ("ja", "en")
LARGEST = 60_000
WIDTH, HEIGHT = 1000, 580
# A palette of 64 colours is enough for text, and a third of the bytes.
PALETTE = "split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=none"


def main() -> None:
    """Start a separate demo, take the pictures, stop everything."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            asyncio.run(make_template(addresses, settings))
            asyncio.run(_take(Stage(addresses, settings)))
    for picture in map(_picture, LANGUAGES):
        size = picture.stat().st_size
        if size > LARGEST:
            sys.exit(f"{picture.name} has {size:,} bytes; {LARGEST:,} are allowed")


def _picture(language: str) -> Path:
    return PICTURES / f"environments-{language}.png"


async def _take(stage: Stage) -> None:
    program = find_chromium()
    if program is None:
        sys.exit("there is no Chromium")
    async with async_playwright() as playwright, serve(stage) as site:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for language in LANGUAGES:
            await site.set_language("owner", language)
            page = await browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
            )
            await site.sign_in(page.context, "owner")
            await page.goto(f"{site.url}/contracts/D-1001/environments")
            with tempfile.NamedTemporaryFile(suffix=".png") as shot:
                await page.screenshot(path=shot.name)
                convert(["-i", shot.name, "-vf", PALETTE, str(_picture(language))])
        await browser.close()


if __name__ == "__main__":
    main()
