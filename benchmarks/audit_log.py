"""How fast the audit log is linked and checked, and how fast a contract's history is read.

    python -m benchmarks.audit_log --events 20000 --history 1000 --history 200000

Runs on a database of its own. Prints a table; never fails on time.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import asyncpg

from app import clock
from app.audit.checking import export_log, verify_log
from app.audit.head_signing import head_signer
from app.audit.linking import link_waiting
from app.audit.verify import verify_export
from app.contracts.queries import find_contract
from app.contracts.rules import SeenContract
from app.database import close_pool, fetch, fetch_value, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.history.queries import EVENTS, list_events
from app.history.rules import Group, HistoryFilter
from app.settings import Settings, read_settings
from app.web.lists.addresses import PAGE_SIZES, Wanted
from benchmarks.figures import Figure, show
from tests.audit.log import add_events
from tests.never.pools import make_pool

TIMES = 40
LINKED_WITHIN = 5
HISTORY = """
    insert into audit_event (id, at, event_type, actor, contract, subject, details, request_id)
    select gen_random_uuid(), now() - n * interval '1 minute',
           (array['environment-change', 'allocation-change', 'activation-download'])[1 + n % 3],
           case when n % 7 = 0 then null else $1::uuid end, $2, null,
           jsonb_build_object('name', n::text, 'seq', n), ''
    from generate_series(1, $3::int) n
"""


def row(name: str, value: str) -> None:
    """A line of the table."""
    print(f"{name:<52}{value:>20}")


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """How long the work takes."""
    begin = time.perf_counter()
    await work()
    return time.perf_counter() - begin


async def measure_chain(settings: Settings, events: int, folder: Path) -> None:
    """Measure linking, checking in the database, writing out and checking offline."""
    signer = head_signer(settings.secret_file)
    await link_waiting(settings)
    await add_events(events)
    spent = await seconds(lambda: link_waiting(settings))
    row(f"linking {events:,} events", f"{events / spent:,.0f} events/s")
    show(
        Figure(
            "linking of the audit log",
            f"≤ {LINKED_WITHIN} s",
            f"{spent:.1f} s",
            f"{events:,} events that wait at once",
            spent <= LINKED_WITHIN,
        )
    )
    spent = await seconds(lambda: verify_log(signer))
    row("check in the database", f"{events / spent:,.0f} events/s")
    for form in ("ndjson", "csv"):
        file = folder / f"audit.{form}"
        spent = await seconds(partial(export_log, file, form))
        row(f"export as {form}", f"{events / spent:,.0f} events/s")
        begin = time.perf_counter()
        heads = [file.with_name(f"{file.name}.head").read_text()]
        assert not verify_export(file, heads, [signer.public_key]).findings
        row(f"offline check of {form}", f"{events / (time.perf_counter() - begin):,.0f} events/s")


async def measure_history(
    contract: SeenContract, owner: object, events: int, analyze: Callable[[], Awaitable[object]]
) -> None:
    """One page, unfiltered and filtered, of a contract with so many events."""
    await fetch(HISTORY, owner, contract.id, events)
    await analyze()
    today = clock.today(contract.time_zone)
    day = today - timedelta(days=events // 3000)
    filters = {
        "newest": HistoryFilter(),
        "one event type": HistoryFilter(event_type="allocation-change"),
        "the portal": HistoryFilter(person=Group.PORTAL),
        "a day": HistoryFilter(starts_on=day, ends_on=day),
        "event type and person": HistoryFilter(
            event_type="activation-download", person=Group.PORTAL
        ),
        "nothing found": HistoryFilter(event_type="quote-answer"),
    }
    newest = Wanted.usual(contract.url, EVENTS, PAGE_SIZES[0])
    for name, wanted in filters.items():
        read = partial(list_events, contract, wanted, newest)
        spent = [await seconds(read) for _ in range(TIMES)]
        p95 = statistics.quantiles(spent, n=20)[-1]
        middle = statistics.median(spent)
        row(f"history of {events:,}: {name}", f"{middle * 1000:.1f} / {p95 * 1000:.1f} ms")


async def run(
    options: argparse.Namespace, settings: Settings, folder: Path, owner_dsn: str
) -> None:
    """Measure all of it. The owner brings the planner's figures up to date, as autovacuum would."""
    owner = await asyncpg.connect(owner_dsn)
    analyze = partial(owner.execute, "analyze")
    row("", "median / p95")
    await measure_chain(settings, options.events, folder)
    for events in options.history:
        pool = await make_pool([10], 3)
        contract = await find_contract(pool.owner, pool.number)
        assert contract is not None
        await measure_history(contract, pool.owner, events, analyze)
    await owner.close()
    row("PostgreSQL", str(await fetch_value("show server_version")))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--history", type=int, action="append")
    options = parser.parse_args()
    options.history = options.history or [1_000, 200_000]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = read_settings({"PORTAL_DATA_DIR": name})

        async def measure(owner: str, runtime: str) -> None:
            await migrate(owner, runtime)
            await open_pool(runtime)
            try:
                await run(options, settings, folder, owner)
            finally:
                await close_pool()

        with EmbeddedServer(folder) as addresses:
            asyncio.run(measure(addresses.owner, addresses.runtime))


if __name__ == "__main__":
    main()
