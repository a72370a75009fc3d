"""How many bytes and requests the pages cost, and how long a slow line makes people wait.

    python -m benchmarks.bytes            prints the table
    python -m benchmarks.bytes --write    also puts it into docs/performance.md

Counted by Chromium (Network.loadingFinished, encodedDataLength): headers included, HTTP/1.1,
brotli, on a copy of the demo world with 100 environments and 100 members in D-1001. kB are
1,000 bytes. Only the last two rows are times, and so differ from machine to machine.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.async_api import async_playwright

from app.database.embedded import EmbeddedServer
from app.runtime import with_demo_secrets
from app.settings import read_settings
from app.web.logs import configure_logs
from benchmarks.byte_rows import Row, measure
from benchmarks.slow_line import measure_waiting
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.site import serve
from tests.conftest import Stage, make_template

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bytes: begin -->", "<!-- bytes: end -->"


def main() -> int:
    """Print the table, and write it where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into the document")
    write = parser.parse_args().write
    configure_logs(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            asyncio.run(make_template(addresses, settings))
            rows = asyncio.run(_measure(Stage(addresses, settings), data_dir))
    print(table(rows))
    if write:
        _write(table(rows))
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


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | goal | measured | requests | reached |", "|---|---|---:|---:|---|"]
    lines += [
        f"| {r.name} | {r.goal} | {r.measured} | {r.requests} | {'yes' if r.reached else '**no**'} |"
        for r in rows
    ]
    return "\n".join(lines)


def _write(text: str) -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
