"""Reads about bulk imports, as the staff see them."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from app import clock
from app.database import Record, fetch, fetch_one
from app.imports.rules import AT_WORK, ImportState, Kind
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

FAULT_ROWS = 100
# A page that is left open asks no longer, so that it does not keep its session alive.
LOOKS_FOR = timedelta(minutes=30)
COLUMNS = """i.id, i.name, i.size, i.sha256, i.state, i.reason, i.lines, i.added, i.wrong,
    i.left_out, i.begun_at, i.moved_at, u.name as uploaded_by, c.name as confirmed_by"""
TABLES = """bulk_import i left join portal_user u on u.id = i.uploaded_by
    left join portal_user c on c.id = i.confirmed_by"""
IMPORTS = Source(
    columns=COLUMNS,
    tables=TABLES,
    key="i.id",
    orders={"newest": Order("i.begun_at", down=True)},
)
STATES = {
    "at-work": "i.state in ('checking', 'importing')",
    "checked": "i.state = 'checked'",
    "faulty": "i.state in ('faulty', 'unreadable')",
    "done": "i.state = 'done'",
    "discarded": "i.state = 'discarded'",
}


@dataclass(frozen=True)
class Sheet:
    """What a file has of a kind: lines, and how many of them are new."""

    kind: Kind
    lines: int
    added: int


@dataclass
class SeenImport:
    """An import with what came of it.

    Attributes:
        row: of the table, with the names of people.
        sheets: of each kind that the file has.
        phase: what the worker is doing, empty while none has begun.
        done: lines that are done in that phase.
    """

    row: Record
    phase: str
    done: int
    sheets: list[Sheet] = field(default_factory=list)

    def __post_init__(self) -> None:
        lines, added = json.loads(self.row["lines"]), json.loads(self.row["added"])
        self.sheets = [
            Sheet(kind, lines[kind], added.get(kind, 0)) for kind in Kind if lines.get(kind)
        ]

    @property
    def state(self) -> ImportState:
        """Where it is on its way."""
        return ImportState(self.row["state"])

    @property
    def left_out(self) -> list[str]:
        """Names of sheets and files that the import does not read."""
        names: list[str] = json.loads(self.row["left_out"])
        return names

    @property
    def total(self) -> int:
        """How many lines the phase has, or 0 where that is not known yet."""
        if self.phase == "checking":
            return 0
        return sum(s.added if self.phase == "adding" else s.lines for s in self.sheets)

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(sheet.added for sheet in self.sheets)

    @property
    def at_work(self) -> bool:
        """Whether the page will soon be another one."""
        return self.state in AT_WORK

    @property
    def polls(self) -> bool:
        """Whether the page asks by itself how far the import is."""
        return self.at_work and clock.now() - self.row["moved_at"] < LOOKS_FOR


async def list_imports(search: str, *, state: str, order: str, after: UUID | None) -> Listed:
    """Imports whose file name or SHA-256 has the words, of one state or of all."""
    where = Where()
    where.add("i.state <> 'uploading'")
    where.contains(search, "i.name", "coalesce(i.sha256, '')")
    if state:
        where.add(STATES[state])
    return await list_rows(IMPORTS, where, order=order, after=after)


async def find_import(id: UUID) -> SeenImport | None:
    """A file that came in whole, and how far it is."""
    row = await fetch_one(
        f"select {COLUMNS}, p.phase, p.lines as phase_lines from {TABLES}"
        " left join bulk_import_progress p on p.import = i.id"
        " where i.id = $1 and i.size is not null",
        id,
    )
    if row is None:
        return None
    return SeenImport(row, row["phase"] or "", row["phase_lines"] or 0)


async def list_faults(id: UUID, *, after: int = 0, most: int | None = FAULT_ROWS) -> list[Any]:
    """What is wrong in a file, in the order of its lines.

    Args:
        after: number of the last fault already seen.
        most: how many at most; None for all that are kept.
    """
    return list(
        await fetch(
            'select number, kind, line, "column", message from bulk_import_fault'
            " where import = $1 and number > $2 order by number limit $3",
            id,
            after,
            most,
        )
    )
