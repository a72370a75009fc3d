"""Where somebody of the staff runs commands, and a file with lines of every kind."""

import asyncio
import csv
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from click.testing import CliRunner
from openpyxl import Workbook

from app.cli.__main__ import portal
from app.database import Record, close_pool, fetch, open_pool
from app.imports.rules import COLUMNS, Kind
from tests.conftest import Stage

T = TypeVar("T")
Rows = Sequence[Sequence[object]]
TABLES: dict[Kind, Rows] = {
    Kind.COMPANIES: [
        ("新しい会社", "アタラシイカイシャ", "新しいグループ"),
        ("次の会社", "ツギノカイシャ", ""),
    ],
    Kind.CONTRACTS: [
        (
            *("Ｎ-1", "契約一", "新しい会社", "term", "2027/4/1", "2028-03-31", "Asia/Tokyo"),
            *("営業", "Sales@example.org", "03-1"),
        )
    ],
    Kind.ENTITLEMENTS: [
        ("N-1", "PLATFORM", "１，０００", "2027/04/01", "2028/03/31"),
        ("D-1001", "MOBILE", 5, "2027/04/01", "2028/03/31"),
    ],
    Kind.PEOPLE: [
        ("N-1", "New.Owner@example.com", "owner", "ja"),
        ("N-1", "reader@example.com", "member", "en"),
        ("D-1001", "owner@example.com", "owner", "ja"),
    ],
    Kind.LICENSE_KEYS: [
        ("AAAAA-BBBBB-CCCCC-DDDDD", "CONNECTOR", 2, "2027/04/01", "2028/03/31", "N-1")
    ],
}


class Office:
    """Where somebody of the staff runs commands, on a database of its own."""

    def __init__(self, stage: Stage, dsn: str, folder: Path) -> None:
        self.stage, self.dsn, self.folder = stage, dsn, folder

    def portal(self, *arguments: object) -> tuple[int, str]:
        """Exit code and output of `portal …`."""
        done = CliRunner().invoke(portal, [str(argument) for argument in arguments])
        return done.exit_code, done.stdout

    def tell(self, file: Path) -> tuple[int, str, str]:
        """Exit code, output and errors of `portal import`."""
        done = CliRunner().invoke(portal, ["import", str(file), "--by", "clerk"])
        return done.exit_code, done.stdout, done.stderr

    def take(self, file: Path, *more: str) -> tuple[int, str]:
        """Exit code and output of `portal import`, as the operator does it."""
        return self.portal("import", file, "--by", "clerk", *more)

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run something on the database."""

        async def running() -> T:
            await open_pool(self.dsn)
            try:
                return await work()
            finally:
                await close_pool()

        return asyncio.run(running())

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""

        async def asking() -> Sequence[Record]:
            return await fetch(query)

        return [tuple(row.values()) for row in self.run(asking)]

    def run_sql(self, statement: str) -> None:
        """Change something as the owner of the database."""

        async def running() -> None:
            connection = await asyncpg.connect(self.stage.owner_dsn(self.dsn))
            await connection.execute(statement)
            await connection.close()

        asyncio.run(running())

    def csv_folder(self, tables: dict[Kind, Rows], encoding: str = "utf-8") -> Path:
        """A folder with a CSV file of each kind."""
        folder = self.folder / "tables"
        folder.mkdir(exist_ok=True)
        for kind, rows in tables.items():
            with (folder / f"{kind}.csv").open("w", encoding=encoding, newline="") as file:
                csv.writer(file).writerows([COLUMNS[kind], *rows])
        return folder

    def workbook(self, tables: dict[Kind, Rows]) -> Path:
        """A workbook with a sheet of each kind."""
        book, file = Workbook(write_only=True), self.folder / "tables.xlsx"
        for kind, rows in tables.items():
            sheet = book.create_sheet(kind)
            for row in [COLUMNS[kind], *rows]:
                sheet.append(list(row))
        book.save(file)
        return file
