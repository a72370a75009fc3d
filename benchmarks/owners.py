"""Two owners of a running contract demote and remove each other at the same moment.

    python -m benchmarks.owners --rounds 1000

Runs on an embedded server of its own. Prints a table; exits with 1 where a contract lost its last
owner, or where both things were done.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from benchmarks.figures import none_of, show
from tests.conftest import in_database
from tests.people.owners import KINDS, clash, make_pair


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        owner, runtime = addresses.owner, in_database(addresses.runtime, "portal")
        return asyncio.run(_run(owner, runtime, rounds))


async def _run(owner: str, runtime: str, rounds: int) -> int:
    await migrate(owner, runtime)
    await open_pool(runtime)
    try:
        wrong = 0
        print(f"{'at the same moment':<28}{'rounds':>8}{'owners left':>14}{'wrong':>8}  refused as")
        for kind in KINDS:
            wrong += await _row(kind, rounds)
        what = "contracts without an owner after two owners went for each other at once"
        show(none_of(what, wrong, rounds * len(KINDS), "clashes"))
        return 1 if wrong else 0
    finally:
        await close_pool()


async def _row(kind: str, rounds: int) -> int:
    pair, left, reasons, wrong = await make_pair(), Counter[int](), Counter[str](), 0
    begin = time.perf_counter()
    for _ in range(rounds):
        done, owners, why = await clash(pair, kind)
        left[owners] += 1
        reasons.update(why)
        wrong += owners != 1 or done != 1
        pair = await pair.restore()
    owners_left = ", ".join(f"{owners}: {times:,}" for owners, times in sorted(left.items()))
    told = ", ".join(f"{reason} {times:,}" for reason, times in sorted(reasons.items()))
    seconds = time.perf_counter() - begin
    print(f"{kind:<28}{rounds:>8,}{owners_left:>14}{wrong:>8}  {told} ({seconds:.0f} s)")
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
