"""Makes all pictures and films of the guide anew: `make guide-pictures`, or with names of scenes.

python -m tests.browser.guide [SCENE …]
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from app.cli.runtime import with_demo_secrets
from app.database.embedded import EmbeddedServer
from app.settings import read_settings
from app.web.i18n import LANGUAGES
from tests.browser.cast import Cast
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.guide.camera import LABELS, MEDIA, Camera
from tests.browser.guide.films import FILMS
from tests.browser.guide.scenes import SCENES
from tests.browser.site import serve
from tests.conftest import Stage, make_template

MOST_BYTES = 5_000_000
Scene = Callable[[Camera], Awaitable[None]]


def main() -> None:
    """Start a demo of its own, play every scene in both languages, stop everything."""
    if shutil.which("ffmpeg") is None:
        sys.exit("there is no ffmpeg: install it with tools/system-packages ffmpeg")
    wanted = sys.argv[1:] or [*SCENES, *FILMS]
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            asyncio.run(make_template(addresses, settings))
            labels = asyncio.run(_play(Stage(addresses, settings), wanted, data_dir))
    known = {} if not sys.argv[1:] else json.loads(LABELS.read_text("utf-8"))
    text = json.dumps(known | labels, ensure_ascii=False, indent=1, sort_keys=True)
    LABELS.write_text(text + "\n", "utf-8")
    size = sum(file.stat().st_size for file in MEDIA.iterdir())
    print(f"{size:,} bytes in {MEDIA.name}/")  # noqa: T201 - the answer of a command
    if size > MOST_BYTES:
        sys.exit(f"{MOST_BYTES:,} bytes are allowed")


async def _play(stage: Stage, wanted: list[str], folder: Path) -> dict[str, list[str]]:
    program = find_chromium()
    if program is None:
        sys.exit("there is no Chromium")
    labels: dict[str, list[str]] = {}
    scenes: dict[str, Scene] = {**SCENES, **FILMS}
    MEDIA.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for language in LANGUAGES:
            for name in wanted:
                place = folder / f"{name}.{language}"
                place.mkdir()
                labels |= await _play_one(stage, browser, scenes[name], language, place)
        await browser.close()
    return labels


async def _play_one(
    stage: Stage, browser: Browser, scene: Scene, language: str, folder: Path
) -> dict[str, list[str]]:
    """A scene on a demo world of its own, so that each can be taken alone."""
    async with serve(stage) as site:
        cast = Cast(site, browser, "mouse", language, folder)
        camera = Camera(cast, folder)
        await scene(camera)
        await cast.leave()
        return camera.labels


if __name__ == "__main__":
    main()
