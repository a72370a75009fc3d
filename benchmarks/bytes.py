"""How many bytes and requests the pages cost, and how long a slow line makes people wait.

    python -m benchmarks.bytes

Counted by Chromium (Network.loadingFinished, encodedDataLength): headers included, HTTP/1.1,
brotli, on a copy of the demo world with 100 environments and 100 members in D-1001. kB are
1,000 bytes. Only the last two rows are times, and so differ from machine to machine.
"""

import asyncio
import logging
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.async_api import async_playwright

from app.cli.runtime import with_demo_secrets
from app.database.embedded import EmbeddedServer
from app.settings import read_settings
from app.web.logs import configure_logs
from benchmarks.byte_rows import Row, measure
from benchmarks.figures import Figure, show
from benchmarks.slow_line import measure_waiting
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.site import serve
from tests.conftest import Stage, make_template


def main() -> int:
    """Measure and print."""
    configure_logs(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            asyncio.run(make_template(addresses, settings))
            rows = asyncio.run(_measure(Stage(addresses, settings), data_dir))
    show(*(figure(row) for row in rows))
    return 0


async def _measure(stage: Stage, folder: Path) -> list[Row]:
    program = find_chromium()
    if program is None:
        sys.exit("there is no Chromium")
    async with async_playwright() as playwright, serve(stage) as site:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        rows = await measure(site, browser, folder)
        rows += await measure_waiting(site, browser)
        await browser.close()
    return rows


def figure(row: Row) -> Figure:
    """The row beside its goal."""
    requests = f" / {row.requests} requests" if row.requests else ""
    return Figure(row.name, row.goal, row.measured + requests, "as Chromium counts", row.reached)


if __name__ == "__main__":
    raise SystemExit(main())
