"""Throughput of whole pages against the floor: the same page's SQL, and nothing else.

    python -m benchmarks.floor --seconds 2 --rounds 5

The portal (`portal serve`, one worker) and the floor (benchmarks/bare_page.py under uvicorn, one
worker) run side by side on one database that holds the demo world, and are loaded in turns by the
same client: a floor that was measured at another moment says nothing. A page is the full one of
somebody signed in: session, membership check, content, brotli. Never fails on time.
"""

import argparse
import asyncio
import os
import pickle
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from app.database import close_pool, engine
from app.database.engine import SESSION
from app.main import make_app
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.figures import Figure, show
from benchmarks.growth_pages import ask
from benchmarks.tables import write_table
from tests.database.portals import until
from tests.servers import PROJECT, free_port

GOAL = 0.5
CONNECTIONS = 8
CONTRACT = "/contracts/D-1001"
PAGES = {
    "home": "/",
    "contracts": "/contracts",
    "contract details": CONTRACT,
    "products": f"{CONTRACT}/products",
    "environments": f"{CONTRACT}/environments",
    "members": f"{CONTRACT}/members",
    "resources": f"{CONTRACT}/resources",
    "notices": "/notices",
}


@dataclass
class Pair:
    """Pages per second of both, round by round."""

    queries: int
    portal: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The portal against the floor, the median of the rounds."""
        return statistics.median(p / f for p, f in zip(self.portal, self.floor, strict=True))


class Recorder(asyncpg.Connection):  # type: ignore[misc]
    """A connection that keeps what it is asked."""

    statements: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, query: str, *args: object, **options: Any) -> Any:
        self.statements.append((query, args))
        return await super().fetch(query, *args, **options)


async def record(demo: Demo) -> dict[str, Any]:
    """What each page asks of the database."""
    engine.pool = await asyncpg.create_pool(
        demo.dsn, min_size=1, max_size=1, connection_class=Recorder, server_settings=SESSION
    )
    app = make_app(demo.settings, demo.dsn)
    asked: dict[str, Any] = {}
    for path in PAGES.values():
        Recorder.statements.clear()
        answer = await ask(app, path, demo.cookie)
        assert answer.status == 200, (path, answer.status)
        asked[path] = list(Recorder.statements)
    await close_pool()
    return asked


@contextmanager
def floor_server(dsn: str, pages: dict[str, Any], folder: Path) -> Iterator[str]:
    """The floor as a process; answers its address."""
    kept = folder / "floor.pickle"
    kept.write_bytes(pickle.dumps((dsn, SESSION, pages)))
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare_page:app", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "--no-access-log", "--http", "httptools"],
        cwd=PROJECT,
        env={**os.environ, "PORTAL_FLOOR": str(kept)},
    )
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


async def load(address: str, path: str, cookie: str, seconds: float) -> float:
    """Pages per second that CONNECTIONS kept connections get, each asking again once answered."""
    host, _, port = address.partition(":")
    head = (
        f"GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n"
        "Accept-Encoding: br\r\nAccept-Language: ja\r\nSec-Fetch-Site: same-origin\r\n\r\n"
    ).encode()
    count, begun = 0, time.perf_counter()

    async def ask_again() -> None:
        nonlocal count
        reader, writer = await asyncio.open_connection(host, int(port))
        while time.perf_counter() - begun < seconds:
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            count += 1
        writer.close()

    await asyncio.gather(*(ask_again() for _ in range(CONNECTIONS)))
    return count / (time.perf_counter() - begun)


async def measure(
    demo: Demo, floor: str, asked: dict[str, Any], options: argparse.Namespace
) -> dict[str, Pair]:
    """All pages in turn, both servers of each one right after the other."""
    pairs = {name: Pair(len(asked[path])) for name, path in PAGES.items()}
    for path in PAGES.values():
        for address in (demo.address, floor):
            await load(address, path, demo.cookie, options.seconds / 4)
    for _ in range(options.rounds):
        for name, path in PAGES.items():
            pairs[name].portal.append(await load(demo.address, path, demo.cookie, options.seconds))
            pairs[name].floor.append(await load(floor, path, demo.cookie, options.seconds))
    return pairs


def table(pairs: dict[str, Pair]) -> list[str]:
    """The figures as Markdown."""
    lines = [
        f"| page | queries | portal, pages/s | floor, pages/s | portal ÷ floor | ≥ {GOAL} |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, pair in pairs.items():
        reached = "yes" if pair.ratio >= GOAL else "no"
        portal, floor = statistics.median(pair.portal), statistics.median(pair.floor)
        cells = (
            name,
            pair.queries,
            f"{portal:,.0f}",
            f"{floor:,.0f}",
            f"{pair.ratio:.2f}",
            reached,
        )
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


def answers(address: str) -> bool:
    """Whether a server listens there."""
    host, _, port = address.partition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each load")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into docs/")
    options = parser.parse_args()
    with serving_demo() as demo, tempfile.TemporaryDirectory() as folder:
        asked = asyncio.run(record(demo))
        with floor_server(demo.dsn, asked, Path(folder)) as floor:
            until(lambda: answers(floor), 30)
            pairs = asyncio.run(measure(demo, floor, asked, options))
    lines = table(pairs)
    print("\n".join(lines))
    if options.write:
        write_table("floor", lines)
    ratios = [pair.ratio for pair in pairs.values()]
    show(
        Figure(
            "throughput of a signed-in page against its bare SQL",
            f"≥ {GOAL}",
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            f"{len(pairs)} pages, {options.rounds} rounds of {options.seconds:g} s",
            min(ratios) >= GOAL,
        )
    )


if __name__ == "__main__":
    main()
