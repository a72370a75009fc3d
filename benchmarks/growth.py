"""How pages answer with very many contracts, beside the same pages of a small portal.

    python -m benchmarks.growth                     # 100,000 contracts beside 100
    python -m benchmarks.growth --contracts 10000 --environments 100000 --notices 2000

Both databases are made by the migrations on one server of their own, and filled from
benchmarks/growth.sql. The portal runs in this process, with one connection to each; a request to
the one is followed by the same to the other, so that other work on the machine meets both alike.
Prints tables in Markdown; fails where a page is an error or needs more than three queries, and
never on time.
"""

import argparse
import asyncio
import logging
import statistics
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.runtime import with_demo_secrets
from app.database.embedded import Addresses, EmbeddedServer
from app.main import make_app
from app.settings import Settings, read_settings
from app.web.http.asgi import App
from app.web.logs import configure_logs
from benchmarks.figures import Figure, show
from benchmarks.growth_pages import PAGES, PEOPLE, Place, Side, ask, make_place, opened, use
from benchmarks.growth_world import Size, World, make_world

MOST_QUERIES = 3
GOAL = 1.2
MUCH = 1000
SMALL = Size(contracts=100, environments=1000, notices=200)


@dataclass
class Figures:
    """What was measured of a page on one side."""

    milliseconds: list[float] = field(default_factory=list)
    size: int = 0
    queries: int = 0
    scanned: int = 0

    @property
    def p95(self) -> float:
        """Of the answers after the first of each person."""
        return statistics.quantiles(self.milliseconds, n=20)[-1]

    @property
    def median(self) -> float:
        """Of the same."""
        return statistics.median(self.milliseconds)


async def one(app: App, side: Side, page: str, place: Place, figures: Figures) -> None:
    """One answer, added to the figures."""
    use(side)
    answer = await ask(app, PAGES[page](place), place.cookie)
    assert answer.status == 200, (page, PAGES[page](place), answer.status, answer.body[:300])
    figures.milliseconds.append(answer.seconds * 1000)
    figures.size = max(figures.size, len(answer.body))
    figures.queries = max(figures.queries, answer.queries)


async def rows_scanned(side: Side) -> int:
    """Rows that were read from beginning to end of a table so far."""
    async with side.pool.acquire() as connection:
        await connection.fetchval("select pg_stat_force_next_flush()")
        scanned: int = await connection.fetchval(
            "select sum(seq_tup_read)::bigint from pg_stat_user_tables where schemaname = 'public'"
        )
    return scanned


async def compare(app: App, page: str, sides: list[Side], times: int) -> list[Figures]:
    """The same page on each side, in turns; everybody's first look is not counted."""
    for side in sides:
        for place in side.places:
            await one(app, side, page, place, Figures())
    before = [await rows_scanned(side) for side in sides]
    figures = [Figures() for _ in sides]
    for n in range(times):
        for side, found in zip(sides, figures, strict=True):
            await one(app, side, page, side.places[n % len(side.places)], found)
    for side, found, so_far in zip(sides, figures, before, strict=True):
        found.scanned = (await rows_scanned(side) - so_far) // times
    return figures


def print_comparison(measured: dict[str, list[Figures]]) -> None:
    """A row for each page: the small portal, the large one, and how much slower it is."""
    print(
        "\n| page | queries | median, small / large | ratio | p95, small / large | ratio | ≤ 1.2 |"
    )
    print("|---|---:|---:|---:|---:|---:|---|")
    for page, (small, large) in measured.items():
        ratio = large.p95 / small.p95
        reached = "yes" if ratio <= GOAL else "no"
        middle = f"{small.median:.1f} / {large.median:.1f} ms | {large.median / small.median:.2f}"
        slow = f"{small.p95:.1f} / {large.p95:.1f} ms | {ratio:.2f}"
        print(f"| {page} | {large.queries} | {middle} | {slow} | {reached} |")


def print_wide(wide: dict[str, Figures]) -> None:
    """A row for each page of somebody who has very much."""
    print("\n| page | queries | median | p95 | bytes, brotli |")
    print("|---|---:|---:|---:|---:|")
    for page, found in wide.items():
        times = f"{found.median:.1f} ms | {found.p95:.1f} ms"
        print(f"| {page} | {found.queries} | {times} | {found.size:,} |")


@dataclass
class Measured:
    """All that was measured.

    Attributes:
        pages: by page, of each portal.
        wide: by page, of the person who has very much.
    """

    pages: dict[str, list[Figures]] = field(default_factory=dict)
    wide: dict[str, Figures] = field(default_factory=dict)


async def measure(
    app: App, settings: Settings, worlds: list[World], times: int, people: int = PEOPLE
) -> Measured:
    """Every page of both portals, then every page of somebody who has very much of the last."""
    measured = Measured()
    async with AsyncExitStack() as stack:
        sides = [
            await stack.enter_async_context(opened(each, app, settings, people)) for each in worlds
        ]
        for page in PAGES:
            measured.pages[page] = await compare(app, page, sides, times)
        large = sides[-1]
        use(large)
        number = f"G-{large.world.size.contracts:07}"
        wide = Side(large.world, large.pool, [await make_place(app, settings, "wide", number)])
        for page in PAGES:
            measured.wide[page] = (await compare(app, page, [wide], times))[0]
    return measured


def queries_needed(measured: Measured) -> int:
    """The most that any page needed."""
    figures = [each for row in measured.pages.values() for each in row]
    return max(each.queries for each in [*figures, *measured.wide.values()])


def figures(measured: Measured, size: Size, times: int) -> list[Figure]:
    """The outcome in two lines."""
    ratios = {name: large.p95 / small.p95 for name, (small, large) in measured.pages.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    over = sum(ratio > GOAL for ratio in ratios.values())
    sample = (
        f"{len(ratios)} pages × {times}; {size.contracts:,} contracts and"
        f" {size.environments:,} environments beside {SMALL.contracts:,} and"
        f" {SMALL.environments:,}"
    )
    slowest = f"{statistics.median(ratios.values()):.2f} ×; {worst}: {ratios[worst]:.2f} ×"
    queries = queries_needed(measured)
    return [
        Figure(
            "p95 of a page of a large portal against a small one: median of the pages; largest",
            f"≤ {GOAL} ×",
            f"{slowest}; {over} of {len(ratios)} pages above",
            sample,
            over == 0,
        ),
        Figure(
            "queries of a page, however many rows",
            f"≤ {MOST_QUERIES}",
            f"{queries}",
            f"{len(ratios) + len(measured.wide)} pages",
            queries <= MOST_QUERIES,
        ),
    ]


async def run(addresses: Addresses, settings: Settings, sizes: list[Size], times: int) -> int:
    """Make the portals, measure them and print; the exit code."""
    worlds = [await make_world(addresses, f"growth{n}", size) for n, size in enumerate(sizes)]
    for world in worlds:
        print(
            f"{world.size.contracts:,} contracts, {world.size.environments:,} environments,"
            f" {world.size.notices:,} notices: loaded in {world.seconds:.0f} s,"
            f" {world.disk / 1e6:,.0f} MB"
        )
    measured = await measure(make_app(settings, worlds[0].dsn), settings, worlds, times)
    print_comparison(measured.pages)
    print_wide(measured.wide)
    scanned = {page: row[-1].scanned for page, row in measured.pages.items()}
    much = {page: rows for page, rows in scanned.items() if rows > MUCH}
    print(f"\nRows read by sequential scans, for each request, where over {MUCH:,}: {much}")
    show(*figures(measured, sizes[-1], times))
    return 1 if queries_needed(measured) > MOST_QUERIES else 0


def main() -> int:
    """Run and print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--environments", type=int, default=1_000_000)
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--wide-contracts", type=int, default=1000)
    parser.add_argument("--wide-environments", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--data", type=Path, help="keep the databases in this folder")
    options = vars(parser.parse_args())
    configure_logs(logging.WARNING)
    times, folder = options.pop("times"), options.pop("data")
    with tempfile.TemporaryDirectory() as name:
        data = folder or Path(name)
        settings = with_demo_secrets(read_settings({"PORTAL_DATA_DIR": str(data)}, demo=True))
        with EmbeddedServer(data) as addresses:
            return asyncio.run(run(addresses, settings, [SMALL, Size(**options)], times))


if __name__ == "__main__":
    raise SystemExit(main())
