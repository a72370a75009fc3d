"""What one person, or somebody whom nobody knows, can make the portal keep, as fast as they can.

    python -m benchmarks.storage_per_person --seconds 20

An owner, a member, an expired session and an anonymous visitor each send every form that stores
something, over HTTP to a server process of its own. Prints rows and bytes of each table before,
after, and after the sweep of two days later. Exits with 1 where a quota was exceeded.
"""

import argparse
import asyncio
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from app import clock, domains
from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.database import close_pool, fetch, fetch_one, open_pool
from app.database.quotas import Quota
from app.housekeeping.tasks import sweep
from app.piccolo_app import APP_CONFIG
from app.storage import open_storage
from benchmarks.demo_server import Demo, serving_demo
from benchmarks.figures import Figure, show
from benchmarks.writers import WRITERS, Writer

TOGETHER = 8
LATER = timedelta(hours=49)
Sizes = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Written:
    """What somebody made the portal keep: table → rows and bytes."""

    requests: int
    before: Sizes
    after: Sizes
    swept: Sizes


async def measure() -> Sizes:
    """Rows, and bytes of their columns, of each table."""
    sizes = {}
    for table in APP_CONFIG.table_classes:
        columns = " + ".join(
            f'coalesce(pg_column_size("{column._meta.db_column_name}"), 0)'
            for column in table._meta.columns
        )
        row = await fetch_one(
            f'select count(*), coalesce(sum({columns}), 0)::bigint from "{table._meta.tablename}"'
        )
        assert row is not None
        rows, size = row.values()
        sizes[table._meta.tablename] = (rows, size)
    return sizes


@asynccontextmanager
async def signed_in(demo: Demo, code: str | None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, signed in as one of the cast."""
    url = f"http://{demo.address}"
    async with httpx.AsyncClient(
        base_url=url, headers={"Origin": url}, timeout=60, trust_env=False
    ) as client:
        if code:
            account = await find_credentials(code)
            assert account is not None
            session = await open_session(account, "benchmark", known_device=None)
            client.cookies.set(demo.settings.session_cookie, session.token)
        yield client


async def write(client: httpx.AsyncClient, writer: Writer, seconds: float) -> int:
    """Send the writer's forms until the time is over; how many requests."""
    end = time.perf_counter() + seconds
    numbers = itertools.count(1)
    content = os.urandom(300_000).hex()
    sent = 0

    async def one() -> None:
        nonlocal sent
        while time.perf_counter() < end:
            for step in writer:
                requests = await step(client, next(numbers), content)
                sent += requests

    await asyncio.gather(*(one() for _ in range(TOGETHER)))
    return sent


async def exceeded(quota: Quota) -> list[str]:
    """What anybody has beyond a quota."""
    whom = ", ".join(f't."{column}"' for column in quota.whom)
    size = " + ".join(f"coalesce(pg_column_size(t.{name}), 0)" for name in quota.measured) or "0"
    recent = f"and t.{quota.since} > now() - interval '24 hours'" if quota.within else ""
    rows = await fetch(
        f"select count(*) as rows, sum({size}) as bytes from {quota.table} t"
        f' where {quota.only} and t."{quota.whom[0]}" is not null {recent} group by {whom}'
    )
    return [
        f"{quota.name}: {row['rows']:,} rows, {row['bytes']:,} bytes"
        for row in rows
        if row["rows"] > quota.rows
        or (quota.most_bytes and row["rows"] > 1 and row["bytes"] > quota.most_bytes)
    ]


async def attack(demo: Demo, writer: str, seconds: float) -> Written:
    """Let somebody write, and sweep two days later."""
    person, steps = WRITERS[writer]
    async with signed_in(demo, person) as client:
        before = await measure()
        if writer == "expired session":
            await fetch("update session set expires_at = now() - interval '1 second'")
        requests = await write(client, steps, seconds)
        after = await measure()
    wrong = [line for quota in domains.quotas() for line in await exceeded(quota)]
    for line in wrong:
        print(f"exceeded: {line}")
    real = clock.now
    clock.now = lambda: real() + LATER
    try:
        await sweep(open_storage(demo.settings))
    finally:
        clock.now = real
    return Written(requests, before, after, await measure())


def report(name: str, written: Written, seconds: float) -> int:
    """Print what grew; answers the bytes that came."""
    print(f"\n{name}: {written.requests:,} requests in {seconds:.0f} s")
    print(f"{'table':<24}{'rows':>9}{'+':>9}{'swept':>9}{'bytes':>13}{'+':>13}{'swept':>13}")
    total = 0
    for table, (rows, size) in written.after.items():
        rows_before, size_before = written.before[table]
        rows_swept, size_swept = written.swept[table]
        if rows == rows_before and size == size_before:
            continue
        total += size - size_before
        print(
            f"{table:<24}{rows_before:>9,}{rows - rows_before:>9,}{rows_swept - rows_before:>9,}"
            f"{size_before:>13,}{size - size_before:>13,}{size_swept - size_before:>13,}"
        )
    return total


async def run(demo: Demo, seconds: float) -> int:
    """Let everybody write after each other; the exit code."""
    await open_pool(demo.dsn, size=4)
    try:
        most = 0
        for name in WRITERS:
            most = max(most, report(name, await attack(demo, name, seconds), seconds))
        wrong = [line for quota in domains.quotas() for line in await exceeded(quota)]
    finally:
        await close_pool()
    show(
        Figure(
            "quotas exceeded by one person who writes as fast as they can",
            "0",
            f"{len(wrong)}; at most {most / 1e6:.1f} MB kept",
            f"{len(WRITERS)} writers, {seconds:.0f} s each",
            not wrong,
        )
    )
    return 1 if wrong else 0


def main() -> int:
    """Run and print tables; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    seconds = parser.parse_args().seconds
    with serving_demo(PORTAL_DELIVERS_MAIL="0") as demo:
        return asyncio.run(run(demo, seconds))


if __name__ == "__main__":
    sys.exit(main())
