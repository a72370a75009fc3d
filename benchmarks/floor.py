"""Throughput and processor time of whole pages, beside two yardsticks and a page of Django.

    python -m benchmarks.floor --seconds 2 --rounds 5

Four servers run side by side, one worker each, on one database that holds the demo world, and are
loaded in turns by wrk: the portal (`portal serve`); *same SQL and bytes*, a bare ASGI callable that
runs the page's statements and sends the page's own HTML with ETag and brotli; the *bare floor*,
which runs the statements and no more; and Django under gunicorn with a page of that size made from
the same statements. A page is the full one of somebody signed in: session, membership, content,
brotli. Processor time is that of the server's processes, user and system, divided by the requests,
so that a busy machine changes it little. Ratios are medians over the rounds. Never fails on time.

Needs wrk; Django comes into build/django, and is left out where it cannot be fetched.
"""

import argparse
import asyncio
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import brotli

from app.database import close_pool, engine
from app.database.engine import SESSION
from app.database.pool import Pool
from app.main import make_app
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.django_server import django_server, install_django
from benchmarks.figures import Figure, show
from benchmarks.growth_pages import ask
from benchmarks.load import CONNECTIONS, Load, load, python_server
from benchmarks.recorded_pages import Recorded, RecordedPage
from benchmarks.tables import write_table
from tests.servers import PROJECT

GOAL = 0.5
DJANGO_GOAL = 2.5
CONTRACT = "/contracts/D-1001"
# Home, the lists, and every tab of a contract.
PAGES = {
    "home": "/",
    "contracts": "/contracts",
    "contract details": CONTRACT,
    "products": f"{CONTRACT}/products",
    "environments": f"{CONTRACT}/environments",
    "members": f"{CONTRACT}/members",
    "group companies": f"{CONTRACT}/group-companies",
    "resources": f"{CONTRACT}/resources",
    "notices": "/notices",
}
PORTAL, SAME, FLOOR, DJANGO = "portal", "same SQL and bytes", "bare floor", "Django"


@dataclass(frozen=True)
class Contender:
    """A server that is loaded: where each page is, and the process group that answers."""

    name: str
    address: str
    group: int
    prefix: str = ""


@dataclass
class Measured:
    """What one page came to, round by round, by the contender's name."""

    queries: int
    loads: dict[str, list[Load]] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        """Requests per second, the median of the rounds."""
        return statistics.median(one.rate for one in self.loads[name])

    def cpu(self, name: str) -> float:
        """Milliseconds of processor time per request, the median of the rounds."""
        return statistics.median(one.cpu for one in self.loads[name])

    def speed(self, name: str) -> float:
        """How much the portal makes in the processor time in which the other makes one page."""
        pairs = zip(self.loads[PORTAL], self.loads[name], strict=True)
        return statistics.median(other.cpu / portal.cpu for portal, other in pairs)

    def throughput(self, name: str) -> float:
        """Requests per second of the portal against those of the other."""
        pairs = zip(self.loads[PORTAL], self.loads[name], strict=True)
        return statistics.median(portal.rate / other.rate for portal, other in pairs)


# asyncpg has no types, so its classes are Any to mypy.
class Recorder(asyncpg.Connection):  # type: ignore[misc]
    """A connection that keeps what it is asked."""

    statements: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, query: str, *args: object, **options: Any) -> Any:
        self.statements.append((query, tuple(_plain(value) for value in args)))
        return await super().fetch(query, *args, **options)


def _plain(value: object) -> object:
    """A value of the standard library: asyncpg's UUIDs are a class of its own."""
    return UUID(int=value.int) if isinstance(value, UUID) else value


async def record(demo: Demo) -> Recorded:
    """What each page asks of the database, and its HTML."""
    engine.pool = cast(Any, Pool(demo.dsn, 1, SESSION, Recorder))
    app = make_app(demo.settings, demo.dsn)
    pages = {}
    for path in PAGES.values():
        Recorder.statements.clear()
        answer = await ask(app, path, demo.cookie)
        assert answer.status == 200, (path, answer.status)
        pages[path] = RecordedPage(list(Recorder.statements), brotli.decompress(answer.body))
    await close_pool()
    return Recorded(demo.dsn, SESSION, pages)


def contenders(demo: Demo, file: Path, stack: ExitStack, *, django: bool) -> Iterator[Contender]:
    """The servers, started; they end with the stack."""
    yield Contender(PORTAL, demo.address, demo.server.process.pid)
    bare = stack.enter_context(
        python_server(
            "uvicorn",
            *("benchmarks.bare_page:app", "--port", "{port}", "--log-level", "error"),
            *("--no-access-log", "--http", "httptools"),
            ready="/floor/",
            PORTAL_FLOOR=str(file),
        )
    )
    yield Contender(SAME, bare.address, bare.process.pid, "/bytes")
    yield Contender(FLOOR, bare.address, bare.process.pid, "/floor")
    if django:
        server = stack.enter_context(django_server(file, "/"))
        yield Contender(DJANGO, server.address, server.process.pid)


def measure(
    servers: list[Contender], recorded: Recorded, cookie: str, options: argparse.Namespace
) -> dict[str, Measured]:
    """All pages in turn; all servers of each one right after the other, after a warm-up."""
    pages = {name: path for name, path in PAGES.items() if name in options.pages}
    found = {name: Measured(len(recorded.pages[path].statements)) for name, path in pages.items()}
    for round_ in range(options.rounds + 1):
        seconds = options.seconds if round_ else 1  # wrk takes whole ones
        for name, path in pages.items():
            for server in servers:
                one = load(server.address, server.prefix + path, cookie, server.group, seconds)
                if round_:
                    found[name].loads.setdefault(server.name, []).append(one)
    return found


def table(found: dict[str, Measured], others: list[str]) -> list[str]:
    """The figures as Markdown: pages per second / milliseconds of processor time, then ratios."""
    heads = [f"{name}, pages/s / CPU ms" for name in (PORTAL, *others)]
    ratios = [f"÷ {name}: CPU / pages/s" for name in others]
    lines = [
        f"| page | queries | {' | '.join(heads + ratios)} | ≥ {GOAL} |",
        f"|---|{'---:|' * (1 + len(heads) + len(ratios))}---|",
    ]
    for name, one in found.items():
        figures = [f"{one.rate(who):,.0f} / {one.cpu(who):.2f}" for who in (PORTAL, *others)]
        against = [f"{one.speed(who):.2f} / {one.throughput(who):.2f}" for who in others]
        reached = "yes" if one.speed(SAME) >= GOAL else "no"
        lines.append(f"| {' | '.join([name, str(one.queries), *figures, *against, reached])} |")
    return lines


def figure(
    what: str, goal: float, ratios: list[float], times: str, options: argparse.Namespace
) -> Figure:
    """A ratio over all pages: its median, least and greatest."""
    measured = f"{statistics.median(ratios):.2f}{times} ({min(ratios):.2f} to {max(ratios):.2f})"
    sample = f"{len(ratios)} pages, {options.rounds} rounds of {options.seconds} s, wrk"
    return Figure(what, f"≥ {goal}{times}", measured, sample, min(ratios) >= goal)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=2, help="of each load, whole ones")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", nargs="+", default=list(PAGES), choices=list(PAGES))
    parser.add_argument("--write", action="store_true", help="put the table into docs/")
    return parser.parse_args()


def with_django() -> bool:
    """Whether Django could be installed."""
    try:
        install_django()
    except subprocess.CalledProcessError:
        print("Django cannot be fetched: its page is left out")
        return False
    return True


def main() -> None:
    """Measure and print."""
    options = _arguments()
    subprocess.run([PROJECT / "tools" / "system-packages", "wrk"], check=True)
    django = with_django()
    with ExitStack() as stack:
        demo = stack.enter_context(serving_demo())
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "pages.pickle"
        recorded = asyncio.run(record(demo))
        recorded.save(file)
        servers = list(contenders(demo, file, stack, django=django))
        found = measure(servers, recorded, demo.cookie, options)
    others = [server.name for server in servers if server.name != PORTAL]
    lines = table(found, others)
    print(f"wrk, {CONNECTIONS} connections", *lines, sep="\n")
    if options.write:
        write_table("floor", lines)
    against = [one.speed(SAME) for one in found.values()]
    show(figure("a signed-in page against same SQL and bytes, by CPU", GOAL, against, "", options))
    if django:
        ratios = [one.speed(DJANGO) for one in found.values()]
        show(
            figure("a signed-in page against Django's, by CPU", DJANGO_GOAL, ratios, " ×", options)
        )


if __name__ == "__main__":
    main()
