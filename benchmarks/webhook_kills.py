"""kill -9 of the worker, again and again while it sends webhooks.

    python -m benchmarks.webhook_kills --deliveries 2000 --kills 50 --seed 1

Events are written for twenty endpoints in a database of its own; `portal worker` sends them to a
real HTTPS receiver on loopback and is killed at random moments of its deliveries. Leases of killed
workers are let run out at once instead of after two minutes. Prints what was lost and what came
twice; exits with 1 where anything was lost.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.encryption import make_secret
from app.settings import read_settings
from benchmarks.figures import none_of, show
from tests.webhooks.kills import Tally, deliver_through_kills


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tally = _run(Path(folder), options.deliveries, options.kills, options.seed)
    print(f"{'deliveries written':<24}{tally.written:>8,}")
    print(f"{'kill -9 of the worker':<24}{tally.kills:>8,}")
    print(f"{'deliveries lost':<24}{tally.lost:>8,}")
    print(f"{'deliveries not settled':<24}{tally.not_settled:>8,}")
    print(f"{'duplicates':<24}{tally.duplicates:>8,}")
    print(f"{'seconds':<24}{time.perf_counter() - begin:>8,.0f}")
    show(
        none_of(
            "webhooks lost by kill -9 of the worker",
            tally.lost + tally.not_settled,
            tally.written,
            f"deliveries, {tally.kills} kills, seed {options.seed}",
            more=f"{tally.duplicates:,} came twice",
        )
    )
    return 1 if tally.lost or tally.not_settled else 0


def _run(folder: Path, deliveries: int, kills: int, seed: int) -> Tally:
    settings = read_settings({"PORTAL_DATA_DIR": str(folder)})

    async def run(owner: str, runtime: str) -> Tally:
        await migrate(owner, runtime)
        await open_pool(runtime)
        try:
            return await deliver_through_kills(
                settings, runtime, owner, folder, deliveries=deliveries, kills=kills, seed=seed
            )
        finally:
            await close_pool()

    make_secret(settings.secret_file)
    with EmbeddedServer(folder) as addresses:
        return asyncio.run(run(addresses.owner, addresses.runtime))


if __name__ == "__main__":
    sys.exit(main())
