"""Simultaneous allocations over the API: never more than the entitlement, each key only once.

    python -m benchmarks.api_allocations --calls 10000 --workers 4

A contract has a pool of a quarter of the calls, and service accounts that take turns, since each
may make 300 calls at once. Every call is for one environment and asks for one; 200 are under way at
a time. One in ten is sent twice at the same moment, with one idempotency key. Prints a table; exits
with 1 where a rule broke.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.settings import Settings, read_settings
from benchmarks.figures import none_of, show
from benchmarks.never import AT_ONCE, COLUMNS, add, print_row
from tests.never.callers import call_in, make_tokens, open_caller
from tests.never.crowd import Tally
from tests.never.pools import make_pool, read_ledger
from tests.servers import Server

TOKENS, TWICE_EVERY = 45, 10


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        asyncio.run(migrate(addresses.owner, addresses.runtime))
        with Server(
            Path(folder), addresses.runtime, addresses.owner, workers=options.workers
        ) as server:
            settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
            wrong = asyncio.run(_run(settings, addresses.runtime, server.url, options.calls))
    return 1 if wrong else 0


async def _run(settings: Settings, dsn: str, url: str, calls: int) -> int:
    print("".join(f"{name:>11}" for name in COLUMNS))
    await open_pool(dsn)
    try:
        pool = await make_pool([max(1, calls // 4)], calls)
        tokens = await make_tokens(settings, pool, TOKENS)
        whole = Tally()
        async with open_caller(url, AT_ONCE) as client:
            for at in range(0, calls, AT_ONCE):
                part = pool.environments[at : at + AT_ONCE]
                add(whole, await call_in(client, pool, tokens, part, twice_every=TWICE_EVERY))
        wrong = print_row(1, whole, await read_ledger(pool))
    finally:
        await close_pool()
    show(
        none_of(
            "allocations by the API at the same moment: too many, twice, deadlocks, server errors",
            wrong,
            calls,
            f"calls, 1 in {TWICE_EVERY} of them sent twice, {len(tokens)} tokens",
        )
    )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
