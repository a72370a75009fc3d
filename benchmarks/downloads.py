"""Downloads of a large file: speed, memory, and what slow clients do to everybody else.

    python -m benchmarks.downloads --megabytes 2048 --slow 20

A portal of its own serves a file from its local folder. It is downloaded once at full speed, and
the resident memory of the server's process is watched; then many slow clients hold downloads open
while another person opens pages. Prints a table. Linux only: memory is read from /proc.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.cli.runtime import with_demo_secrets
from app.database import close_pool, fetch_value, open_pool
from app.database.embedded import Addresses, EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.resources.services import publish_resource
from app.resources.upload_services import upload_file
from app.settings import Settings, read_settings
from app.storage import open_storage
from benchmarks.figures import Figure, show
from tests.servers import Server, free_port

MEGABYTE = 1_000_000
NAME = "large.bin"
PAGES = 60
GOAL_MEMORY = 32
GOAL_PAGES = 2
SLOW_READ = 16 * 1024


@dataclass(frozen=True)
class Scene:
    """A running portal and a member's session."""

    url: str
    cookie: dict[str, str]
    path: str
    pid: int

    def resident(self) -> int:
        """Bytes of memory that the server's process holds now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("the server has ended")

    def browser(self) -> httpx.AsyncClient:
        """A member's browser."""
        return httpx.AsyncClient(base_url=self.url, cookies=self.cookie, timeout=120)


async def generated(megabytes: int) -> AsyncIterator[bytes]:
    """A large upload that nobody keeps in memory."""
    block = bytes(range(256)) * (MEGABYTE // 256)
    left = megabytes * MEGABYTE
    while left > 0:
        yield block[:left]
        left -= len(block)


async def prepare(addresses: Addresses, settings: Settings, megabytes: int) -> tuple[str, str]:
    """The demo world with the file; the session's token and the file's address."""
    await migrate(addresses.owner, addresses.runtime)
    await open_pool(addresses.runtime)
    try:
        await prepare_demo_signing_keys(settings)
        await make_world(settings)
        begin = time.perf_counter()
        upload = await upload_file(
            open_storage(settings),
            generated(megabytes),
            name=NAME,
            media_type="application/octet-stream",
            actor=None,
        )
        row("upload with SHA-256, MB/s", megabytes / (time.perf_counter() - begin))
        product = await fetch_value("select id from product where code = 'PLATFORM'")
        resource = await publish_resource(
            upload=upload, version="1", products=[product], actor=None
        )
        account = await find_credentials("member")
        assert account is not None
        token = (await open_session(account, "benchmark", known_device=None)).token
        return token, f"/contracts/D-1001/resources/{resource}/file"
    finally:
        await close_pool()


async def measure(scene: Scene, slow: int) -> None:
    """Both parts, one after the other."""
    async with scene.browser() as browser:
        for _ in range(5):
            await browser.get("/contracts")
        await fast(scene, browser)
        idle = await pages(browser)
        row("a page beside nothing, median ms", statistics.median(idle))
        before, stop = scene.resident(), asyncio.Event()
        begun = asyncio.Semaphore(0)
        clients = [asyncio.create_task(slow_client(scene, begun, stop)) for _ in range(slow)]
        for _ in clients:
            await begun.acquire()
        beside = await pages(browser)
        row(f"a page beside {slow} slow downloads, median ms", statistics.median(beside))
        row("the same, slowest ms", max(beside))
        times = statistics.median(beside) / statistics.median(idle)
        show(
            Figure(
                "a page beside slow downloads, median against idle",
                f"≤ {GOAL_PAGES} ×",
                f"{times:.2f} ×",
                f"{PAGES} pages beside {slow} downloads",
                times <= GOAL_PAGES,
            )
        )
        row(f"memory of {slow} slow downloads, MB", (scene.resident() - before) / MEGABYTE)
        stop.set()
        await asyncio.gather(*clients)


async def fast(scene: Scene, browser: httpx.AsyncClient) -> None:
    """One download at full speed."""
    before = highest = scene.resident()
    begin, received = time.perf_counter(), 0
    async with browser.stream("GET", scene.path) as answer:
        assert answer.status_code == 200, answer.status_code
        async for chunk in answer.aiter_raw(MEGABYTE):
            received += len(chunk)
            highest = max(highest, scene.resident())
    seconds = time.perf_counter() - begin
    row("file, MB", received / MEGABYTE)
    row("download, seconds", seconds)
    row("download, MB/s", received / MEGABYTE / seconds)
    row("memory before, MB", before / MEGABYTE)
    more = (highest - before) / MEGABYTE
    row("memory at most beyond that, MB", more)
    show(
        Figure(
            "memory of the server beyond its usual one, during a download",
            f"≤ {GOAL_MEMORY} MB",
            f"{more:.1f} MB",
            f"a file of {received / MEGABYTE:,.0f} MB",
            more <= GOAL_MEMORY,
        )
    )


async def slow_client(scene: Scene, begun: asyncio.Semaphore, stop: asyncio.Event) -> None:
    """Reads a little, ten times a second, until it is told to stop."""
    async with scene.browser() as browser, browser.stream("GET", scene.path) as answer:
        assert answer.status_code == 200, answer.status_code
        begun.release()
        async for _ in answer.aiter_raw(SLOW_READ):
            await asyncio.wait([asyncio.create_task(stop.wait())], timeout=0.1)
            if stop.is_set():
                return


async def pages(browser: httpx.AsyncClient) -> list[float]:
    """Milliseconds of each of some pages."""
    took = []
    for _ in range(PAGES):
        begin = time.perf_counter()
        answer = await browser.get("/contracts/D-1001/environments")
        assert answer.status_code == 200
        took.append((time.perf_counter() - begin) * 1000)
    return took


def row(what: str, figure: float) -> None:
    """A line of the table."""
    print(f"{what:<48}{figure:>10,.1f}", flush=True)


def main() -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--slow", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder, "PORTAL_PORT": str(port)}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            token, path = asyncio.run(prepare(addresses, settings, options.megabytes))
            server = Server(
                data_dir, addresses.runtime, addresses.owner, workers=1, PORTAL_PORT=str(port)
            )
            with server:
                cookie = {settings.session_cookie: token}
                scene = Scene(server.url, cookie, path, server.process.pid)
                asyncio.run(measure(scene, options.slow))


if __name__ == "__main__":
    main()
