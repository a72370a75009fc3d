"""What the drills that kill the worker share: a database of its own, options and a table."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Protocol

from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.encryption import make_secret
from app.settings import Settings, read_settings
from benchmarks.figures import none_of, show
from tests.worker_kills import Tally


class Deliver(Protocol):
    """Writes so many deliveries, and lets a worker make them that is killed so many times."""

    async def __call__(
        self, settings: Settings, runtime: str, owner: str, /, *, count: int, kills: int, seed: int
    ) -> Tally:
        """Return what became of them."""


def drill(description: str | None, things: str, figure: str, deliver: Deliver) -> int:
    """Run a drill and print its table; return the exit code, 1 where anything was lost.

    Args:
        things: what is delivered, as the option names it.
        figure: what must never happen to them.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(f"--{things}", dest="count", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tally = _run(Path(folder), options, deliver)
    print(f"{f'{things} written':<24}{tally.written:>8,}")
    print(f"{'kill -9 of the worker':<24}{tally.kills:>8,}")
    print(f"{f'{things} lost':<24}{tally.lost:>8,}")
    print(f"{f'{things} not settled':<24}{tally.not_settled:>8,}")
    print(f"{'duplicates':<24}{tally.duplicates:>8,}")
    print(f"{'seconds':<24}{time.perf_counter() - begin:>8,.0f}")
    wrong = tally.lost + tally.not_settled
    sample = f"{things}, {tally.kills} kills, seed {options.seed}"
    more = f"{tally.duplicates:,} came twice"
    show(none_of(figure, wrong, tally.written, sample, more=more))
    return 1 if wrong else 0


def _run(folder: Path, options: argparse.Namespace, deliver: Deliver) -> Tally:
    settings = read_settings({"PORTAL_DATA_DIR": str(folder)})

    async def run(owner: str, runtime: str) -> Tally:
        await migrate(owner, runtime)
        await open_pool(runtime)
        try:
            drilled = {"count": options.count, "kills": options.kills, "seed": options.seed}
            return await deliver(settings, runtime, owner, **drilled)
        finally:
            await close_pool()

    make_secret(settings.secret_file)
    with EmbeddedServer(folder) as addresses:
        return asyncio.run(run(addresses.owner, addresses.runtime))
