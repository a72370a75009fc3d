"""Two servers and two mail workers on one PostgreSQL and one S3 API, one stopped under load.

    python -m benchmarks.two_machines --requests 1000 --seed 1

Eight people invite somebody, again and again: the form goes to one server, 決定 to the other, and a
quarter of 決定 to both at the same moment. In the middle the second server gets SIGTERM, and from
then on the load goes to the first alone. Two `portal worker` hand the mails to one SMTP server.
Prints a table; exits with 1 where a rule broke.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from app.cli.runtime import with_demo_secrets
from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.settings import Settings, read_settings
from benchmarks.figures import none_of, show
from tests.never.machines import Machines, Outcome, run_load, two_machines
from tests.never.pools import Owner, Pool, make_owner, make_pool
from tests.s3 import S3Server

REQUESTS_OF_A_CHANGE = 2
CHANGES_OF_A_CONTRACT = 100


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    changes = max(1, options.requests // REQUESTS_OF_A_CHANGE)
    with (
        tempfile.TemporaryDirectory() as name,
        EmbeddedServer(Path(name)) as addresses,
        S3Server() as s3,
    ):
        settings = with_demo_secrets(read_settings({"PORTAL_DATA_DIR": name}, demo=True))
        owner, runtime = addresses.owner, addresses.runtime
        pools = asyncio.run(_prepare(owner, runtime, settings, changes))
        with two_machines(settings, s3, Path(name), runtime, owner) as machines:
            begin = time.perf_counter()
            outcome = asyncio.run(_load(machines, pools, changes, options.seed))
    print(f"{'seconds':<48}{time.perf_counter() - begin:>8,.0f}")
    return _print(outcome)


async def _prepare(owner: str, runtime: str, settings: Settings, changes: int) -> list[Pool]:
    """As many contracts as the invitations need; one person owns them all."""
    await migrate(owner, runtime)
    await open_pool(runtime)
    try:
        await prepare_demo_signing_keys(settings)
        person: Owner = await make_owner()
        contracts = -(-changes // CHANGES_OF_A_CONTRACT)
        return [await make_pool([1], 0, person) for _ in range(contracts)]
    finally:
        await close_pool()


async def _load(machines: Machines, pools: list[Pool], changes: int, seed: int) -> Outcome:
    await open_pool(machines.runtime)
    try:
        return await run_load(machines, pools, changes, seed)
    finally:
        await close_pool()


def _print(outcome: Outcome) -> int:
    """Print the figures; how many rules were broken, as an exit code."""
    load = outcome.load
    answered, more = len(load.acknowledged), f"{load.in_flight:,} in flight"
    figures = (
        none_of(
            "two machines, one stopped: failed requests beyond those in flight on it",
            len(load.failed),
            load.requests,
            "requests",
            more=more,
        ),
        none_of("two machines: acknowledged changes lost", outcome.lost, answered, "changes"),
        none_of("two machines: effects twice", outcome.twice, answered, "changes"),
        none_of("two workers: mails lost", outcome.mails_lost, outcome.mails, "mails"),
        none_of("two workers: mails twice", outcome.mails_twice, outcome.mails, "mails"),
    )
    show(*figures)
    for line in load.failed[:5]:
        print(f"  {line}")
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
