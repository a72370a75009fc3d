"""Where the processor time of a signed-in page goes: queries, template, compression, the rest.

    python -m benchmarks.page_cost --times 500

Each page of benchmarks/floor.py is made in this process, again and again, without a socket, with a
clock around its parts. It is the processor time of this process: the database's own work, and
waiting for it, are not in it. Queries are what asyncpg takes for them; the rest is Litestar, the
layers around it (session, log, metrics, headers), the handler itself and the event loop.
"""

import argparse
import asyncio
from collections import defaultdict
from collections.abc import Callable
from time import process_time
from typing import Any

import asyncpg

from app.database import close_pool, open_pool
from app.main import make_app
from app.web import templates
from app.web.http import finishing
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.floor import PAGES
from benchmarks.growth_pages import ask
from benchmarks.tables import write_table

WARM = 50
PARTS = ("queries", "template", "compression", "the rest")
spent: defaultdict[str, float] = defaultdict(float)


usual_fetch = asyncpg.Connection.fetch


async def timed_fetch(connection: asyncpg.Connection, *args: object, **named: object) -> object:
    """asyncpg's fetch with a clock around it."""
    begun = process_time()
    rows = await usual_fetch(connection, *args, **named)
    spent["queries"] += process_time() - begun
    return rows


def timed(part: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work with a clock around it."""

    def working(*args: object, **named: object) -> Any:
        begun = process_time()
        done = work(*args, **named)
        spent[part] += process_time() - begun
        return done

    return working


async def measure(demo: Demo, times: int) -> dict[str, list[float]]:
    """Milliseconds of each page: the whole, then its parts."""
    await open_pool(demo.dsn, size=1)
    asyncpg.Connection.fetch = timed_fetch
    templates.render = timed("template", templates.render)
    finishing.compress = timed("compression", finishing.compress)
    app = make_app(demo.settings, demo.dsn)
    costs = {}
    for name, path in PAGES.items():
        for _ in range(WARM):
            await ask(app, path, demo.cookie)
        spent.clear()
        begun = process_time()
        for _ in range(times):
            await ask(app, path, demo.cookie)
        whole = process_time() - begun
        spent["the rest"] = whole - sum(spent.values())
        costs[name] = [part / times * 1000 for part in (whole, *(spent[part] for part in PARTS))]
    await close_pool()
    return costs


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--write", action="store_true", help="put the table into docs/")
    options = parser.parse_args()
    with serving_demo() as demo:
        costs = asyncio.run(measure(demo, options.times))
    lines = [f"| page, ms | whole | {' | '.join(PARTS)} |", f"|---|{'---:|' * (len(PARTS) + 1)}"]
    for name, parts in costs.items():
        lines.append(f"| {name} | {' | '.join(f'{part:.2f}' for part in parts)} |")
    print("\n".join(lines))
    if options.write:
        write_table("page-cost", lines)


if __name__ == "__main__":
    main()
