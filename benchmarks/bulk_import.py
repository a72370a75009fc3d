"""Bulk import: time, memory and faults.

    python -m benchmarks.bulk_import --contracts 10000 --entitlements 50000 --people 20000

Imports a ZIP of CSV files into an empty portal with `portal import`, twice, and then one with bad
lines; invites a few hundred people to tell how long all take. Memory is the command's largest
resident size (Linux tells it), the database's own not included.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.accounts.services import create_user
from app.database import close_pool, fetch_value, open_pool
from app.database.embedded import Addresses, EmbeddedServer
from app.database.migrate import migrate
from app.imports.rules import COLUMNS, Kind
from app.imports.services import INVITED_AT_ONCE, invite_imported
from app.products.services import create_product
from app.settings import read_settings
from app.spreadsheets.csv_lines import csv_line
from benchmarks.figures import Figure, none_of, show

GOAL_SECONDS = 60
GOAL_MEGABYTES = 200
TERM = ("2027/04/01", "2028/03/31")
BATCHES = 20
COMMAND = """
import atexit, pathlib, sys
atexit.register(lambda: sys.stderr.write(pathlib.Path("/proc/self/status").read_text()))
from app.cli.__main__ import main
main()
"""


def _rows(kind: Kind, wanted: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    companies = max(1, wanted.contracts // 5)
    if kind is Kind.COMPANIES:
        yield from ((f"会社{wanted.mark}{n}", f"カイシャ{n}", "") for n in range(companies))
    elif kind is Kind.CONTRACTS:
        sales = ("営業一部", "sales@example.org", "03-0000-0100")
        for n in range(wanted.contracts):
            company = f"会社{wanted.mark}{n % companies}"
            yield f"{wanted.mark}-{n}", f"契約{n}", company, "term", *TERM, "Asia/Tokyo", *sales
    elif kind is Kind.ENTITLEMENTS:
        for n in range(wanted.entitlements):
            yield f"{wanted.mark}-{n % wanted.contracts}", f"P{n // wanted.contracts}", "10", *TERM
    elif kind is Kind.PEOPLE:
        for n in range(wanted.people):
            role = "owner" if n < wanted.contracts else "member"
            yield f"{wanted.mark}-{n % wanted.contracts}", f"user{n}@example.com", role, "ja"


def _write(file: Path, wanted: argparse.Namespace, bad: int) -> int:
    """Write the file; `bad` of its entitlements name no date. Answers its lines."""
    lines = 0
    every = wanted.entitlements // bad if bad else 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in Kind:
            with archive.open(f"{kind}.csv", "w") as entry:
                entry.write(csv_line(COLUMNS[kind]).encode())
                for n, row in enumerate(_rows(kind, wanted)):
                    spoiled = every and kind is Kind.ENTITLEMENTS and n % every == 0
                    cells = (*row[:3], "someday", row[4]) if spoiled else row
                    entry.write(csv_line(cells).encode())
                    lines += 1
    return lines


async def _prepare(addresses: Addresses, products: int) -> None:
    await migrate(addresses.owner, addresses.runtime)
    await open_pool(addresses.runtime)
    try:
        person = {"code": "boss", "name": "管理", "email": "boss@example.org", "language": "ja"}
        await create_user(
            **person,
            password="benchmark-2027",
            must_change_password=False,
            staff_role="administrator",
            actor=None,
        )
        for n in range(products):
            values = {"name_ja": f"製品{n}", "name_en": f"Product {n}", "unit": "users"}
            await create_product(code=f"P{n}", **values, version="1", actor=None)
    finally:
        await close_pool()


@dataclass(frozen=True)
class Run:
    """One run of `portal import`."""

    output: str
    seconds: float
    megabytes: float


def _import(what: str, file: Path, addresses: Addresses, folder: Path) -> Run:
    """Run `portal import` and print its line of the table."""
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": addresses.runtime,
        "PORTAL_MIGRATE_URL": addresses.owner,
        "PORTAL_DATA_DIR": str(folder / "command"),
    }
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "import", str(file), "--by", "boss"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    # The progress bar and the peak; what rusage tells would include this process's own.
    megabytes = int(done.stderr.rsplit("VmHWM:", 1)[1].split()[0]) / 1024
    print(f"{what:<34}{seconds:>9.1f} s{megabytes:>9.0f} MiB   exit {done.returncode}")
    if done.returncode and not done.stdout:
        print(done.stderr[:2000])
    return Run(done.stdout, seconds, megabytes)


async def _invite(addresses: Addresses, folder: Path, people: int) -> None:
    settings = read_settings({"PORTAL_DATA_DIR": str(folder / "command")})
    await open_pool(addresses.runtime)
    try:
        begin = time.perf_counter()
        for _ in range(BATCHES):
            await invite_imported(settings)
        invited = await fetch_value("select count(*) from invitation")
        each = (time.perf_counter() - begin) / max(1, invited)
    finally:
        await close_pool()
    print(
        f"{invited} people invited in batches of {INVITED_AT_ONCE}: {each * 1000:.1f} ms each,"
        f" {each * people:.0f} s for {people}"
    )


async def _count(addresses: Addresses) -> int:
    await open_pool(addresses.runtime)
    try:
        counted: int = await fetch_value("select count(*) from entitlement")
        return counted
    finally:
        await close_pool()


def main() -> None:
    """Print the table; exit code 1 where a bad line was not told or something half imported."""
    parser = argparse.ArgumentParser()
    for name, usual in (("contracts", 10_000), ("entitlements", 50_000), ("people", 20_000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--bad", type=int, default=1000)
    wanted = parser.parse_args()
    wanted.mark = "C"
    products = -(-wanted.entitlements // wanted.contracts)
    with tempfile.TemporaryDirectory() as name, EmbeddedServer(Path(name)) as addresses:
        folder = Path(name)
        asyncio.run(_prepare(addresses, products))
        good, bad, small = folder / "good.zip", folder / "bad.zip", folder / "small.zip"
        lines = _write(good, wanted, 0)
        _write(bad, wanted, wanted.bad)
        few = argparse.Namespace(contracts=10, entitlements=10, people=10, mark="S")
        _write(small, few, 0)
        refused = _import(f"{wanted.bad:,} bad lines of {lines:,}", bad, addresses, folder)
        told = sum(": starts_on: " in line for line in refused.output.splitlines())
        half = asyncio.run(_count(addresses))
        print(f"  {told:,} told with line and column; {half} entitlements imported")
        taken = _import(f"{lines:,} good lines", good, addresses, folder)
        _import("the same again", good, addresses, folder)
        _import("32 lines, for comparison", small, addresses, folder)
        asyncio.run(_invite(addresses, folder, wanted.people))
    show(
        none_of(
            "bad lines of an import not told, or rows imported beside them",
            abs(wanted.bad - told) + half,
            wanted.bad,
            f"bad lines among {lines:,}",
        ),
        Figure(
            "bulk import",
            f"≤ {GOAL_SECONDS} s, ≤ {GOAL_MEGABYTES} MiB",
            f"{taken.seconds:.0f} s, {taken.megabytes:.0f} MiB",
            f"{lines:,} lines",
            taken.seconds <= GOAL_SECONDS and taken.megabytes <= GOAL_MEGABYTES,
        ),
    )
    if told != wanted.bad or half:
        sys.exit(1)


if __name__ == "__main__":
    main()
