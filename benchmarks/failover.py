"""Two portals, a worker, PostgreSQL with a standby, S3, SMTP: one after the other fails under load.

    python -m benchmarks.failover
    python -m benchmarks.failover --pooler

People change allocations, invite others, read, sign in and download through a load balancer. They
try again after an error. With --pooler all of it is done once more with pgbouncer in transaction
mode between the portals and the database. Needs the packages postgresql and pgbouncer. Only root
can make the small disk that is filled. Prints a table; exits with 1 if a rule broke.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path

import asyncpg

from app.cli.runtime import with_demo_secrets
from app.settings import read_settings
from benchmarks.figures import show
from benchmarks.outages.faults import Phase, watch
from benchmarks.outages.outcome import Outcome, count, figures
from benchmarks.outages.people import Load, Person
from benchmarks.outages.postgres import prepare, running_cluster
from benchmarks.outages.site import FILE_BYTES, Site, running_site
from tests.s3 import S3Server

READERS = 3
LAST_SECONDS = 60


def main() -> int:
    """Run and print a table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pooler", action="store_true", help="once more, with pgbouncer")
    options = parser.parse_args()
    reached = True
    for pooled in (False, True) if options.pooler else (False,):
        with tempfile.TemporaryDirectory() as name:
            Path(name).chmod(0o711)  # the database's servers have a user of their own
            outcome = asyncio.run(_drill(Path(name), pooled=pooled))
        found = figures(outcome, "by pgbouncer" if pooled else "directly")
        show(*found)
        for line in outcome.details[:20]:
            print(f"  {line}")
        reached = reached and all(figure.reached for figure in found)
    return 0 if reached else 1


async def _drill(folder: Path, *, pooled: bool) -> Outcome:
    """Make everything, let it fail, and count."""
    with running_cluster(folder) as cluster, S3Server() as s3:
        await prepare(cluster)
        data = {"PORTAL_DATA_DIR": str(folder / "data")}
        settings = with_demo_secrets(read_settings(data, demo=True))
        async with running_site(settings, cluster, s3, folder, pooled=pooled) as site:
            load = Load()
            phases = await _use(site, load)
            return await count(site, phases, load)


async def _use(site: Site, load: Load) -> list[Phase]:
    """Let people use the portal while each fault comes and goes."""
    people = await _people(site, load)
    watching = asyncio.ensure_future(site.balancer.watch())
    working = [asyncio.ensure_future(person.work()) for person in people]
    phases = [await watch(fault, load) for fault in site.faults()]
    for person in people:
        person.stop()
    _, stuck = await asyncio.wait(working, timeout=LAST_SECONDS)
    for task in (*stuck, watching):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    load.wrong += ["a person was not answered until the end"] * len(stuck)
    return phases


async def _people(site: Site, load: Load) -> list[Person]:
    def person(*, signed_in: bool = True) -> Person:
        return Person(site.url, site.pool, load, signed_in=signed_in)

    people = [person() for _ in site.pool.environments]
    for each, environment in zip(people, site.pool.environments, strict=True):
        each.act = partial(each.allocate, environment)
    for _ in range(READERS):
        people.append(reader := person())
        reader.act = reader.read
    inviter, visitor, downloader = person(), person(signed_in=False), person()
    inviter.act = inviter.invite
    visitor.act = partial(visitor.sign_in, await _code_of_owner(site))
    downloader.act = partial(downloader.download, site.file, FILE_BYTES)
    return [*people, inviter, visitor, downloader]


async def _code_of_owner(site: Site) -> str:
    connection = await asyncpg.connect(site.cluster.primary.address("postgres"))
    try:
        code: str = await connection.fetchval(
            "select code from portal_user where id = $1", site.pool.owner
        )
        return code
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.exit(main())
