"""Simultaneous allocations over HTTP: never more than the entitlement, no deadlock, no 5xx.

    python -m benchmarks.never --requests 200 --seeds 3 --workers 4

Each seed has a contract of its own with a pool of a quarter of the requests. So many people ask
for one each, 200 at a time, in the seed's order, with form, confirm step and result page. Odd
seeds press 決定 together, even ones as they come. Prints a table; exits with 1 where a rule broke.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from random import Random

from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from benchmarks.figures import none_of, show
from tests.never.crowd import Tally, crowd_in, open_browser
from tests.never.pools import Ledger, make_pool, read_ledger
from tests.servers import Server

AT_ONCE = 200
COLUMNS = ("seed", "granted", "refused", "over", "deadlocks", "5xx", "wrong", "p50 ms", "p95 ms")


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=AT_ONCE)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        asyncio.run(migrate(addresses.owner, addresses.runtime))
        with Server(
            Path(folder), addresses.runtime, addresses.owner, workers=options.workers
        ) as server:
            wrong = asyncio.run(
                _run(addresses.runtime, server.url, options.requests, options.seeds)
            )
    return 1 if wrong else 0


async def _run(dsn: str, url: str, requests: int, seeds: int) -> int:
    print("".join(f"{name:>11}" for name in COLUMNS))
    wrong = tried = 0
    await open_pool(dsn)
    try:
        for seed in range(1, seeds + 1):
            wrong += await _one_seed(url, requests, seed)
            tried += requests
    finally:
        await close_pool()
    show(
        none_of(
            "allocations at the same moment: too many, deadlocks, server errors",
            wrong,
            tried,
            f"requests, {seeds} seeds",
        )
    )
    return wrong


async def _one_seed(url: str, requests: int, seed: int) -> int:
    pool = await make_pool([max(1, requests // 4)], requests)
    environments = Random(seed).sample(pool.environments, requests)
    whole = Tally()
    async with open_browser(url, pool, AT_ONCE) as browser:
        for at in range(0, requests, AT_ONCE):
            part = environments[at : at + AT_ONCE]
            tally = await crowd_in(browser, pool, part, together=bool(seed % 2))
            add(whole, tally)
    return print_row(seed, whole, await read_ledger(pool))


def add(whole: Tally, part: Tally) -> None:
    """Add what a part of the crowd was answered."""
    whole.granted += part.granted
    whole.refused += part.refused
    whole.statuses += part.statuses
    whole.milliseconds += part.milliseconds
    whole.wrong += part.wrong


def print_row(seed: int, tally: Tally, ledger: Ledger) -> int:
    """Print a row of the table; how many rules were broken."""
    cuts = statistics.quantiles(tally.milliseconds, n=20)
    over = max(0, ledger.in_use - ledger.quantity)
    unexplained = len(tally.wrong) + abs(tally.granted - ledger.in_use)
    unexplained += abs(ledger.events - tally.granted) + abs(ledger.quantity - ledger.in_use)
    broken = (over, ledger.deadlocks, tally.server_errors, unexplained)
    cells = (seed, tally.granted, tally.refused, *broken, round(cuts[9]), round(cuts[18]))
    print("".join(f"{cell:>11,}" for cell in cells), flush=True)
    for line in tally.wrong[:5]:
        print(f"  {line}")
    return sum(broken)


if __name__ == "__main__":
    sys.exit(main())
