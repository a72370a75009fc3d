"""Reads about bulk imports, as the staff see them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from app import clock
from app.database import row, rows
from app.imports.rules import AT_WORK, Kind
from app.web.lists.listings import Listing, Order, fields_of, words_in

FAULT_ROWS = 100
# A page that is left open asks no longer, so that it does not keep its session alive.
LOOKS_FOR = timedelta(minutes=30)
TABLES = """bulk_import i left join portal_user u on u.id = i.uploaded_by
    left join portal_user c on c.id = i.confirmed_by"""

STATES = {
    "at-work": "i.state in ('checking', 'importing')",
    "checked": "i.state = 'checked'",
    "faulty": "i.state in ('faulty', 'unreadable')",
    "done": "i.state = 'done'",
    "discarded": "i.state = 'discarded'",
}


@dataclass(frozen=True)
class ListedImport:
    """An import in the list."""

    id: UUID
    name: str
    size: int
    state: str
    begun_at: datetime
    uploaded_by: str | None


IMPORTS = Listing(
    row=fields_of(ListedImport),
    columns="i.id, i.name, i.size, i.state, i.begun_at, u.name as uploaded_by",
    tables=TABLES,
    key="i.id",
    orders={"newest": Order("i.begun_at", down=True)},
    always="i.state <> 'uploading'",
    search=words_in("i.name", "coalesce(i.sha256, '')"),
    filters={"state": STATES},
)


@dataclass(frozen=True)
class Sheet:
    """What a file has of a kind: lines, and how many of them are new."""

    kind: Kind
    lines: int
    added: int


@dataclass(frozen=True)
class SeenImport:
    """An import with what came of it.

    Attributes:
        line_counts, added_counts: kind → number, as JSON.
        other_names: names of sheets and files that the import does not read, as JSON.
        uploaded_by, confirmed_by: names of people, where they are not deleted.
        phase: what the worker is doing, empty while none has begun.
        done: lines that are done in that phase.
    """

    id: UUID
    name: str
    size: int
    sha256: str
    state: str
    reason: str
    line_counts: str
    added_counts: str
    wrong: int
    other_names: str
    begun_at: datetime
    moved_at: datetime
    uploaded_by: str | None
    confirmed_by: str | None
    phase: str
    done: int

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Return each kind that the file has."""
        lines, added = json.loads(self.line_counts), json.loads(self.added_counts)
        return [Sheet(kind, lines[kind], added.get(kind, 0)) for kind in Kind if lines.get(kind)]

    @property
    def left_out(self) -> list[str]:
        """Return the names of sheets and files that the import does not read."""
        names: list[str] = json.loads(self.other_names)
        return names

    @property
    def total(self) -> int:
        """Return how many lines the phase has, or 0 if that is not known yet."""
        if self.phase == "checking":
            return 0
        return sum(s.added if self.phase == "adding" else s.lines for s in self.sheets)

    @property
    def added(self) -> int:
        """Return how many lines are new."""
        return sum(sheet.added for sheet in self.sheets)

    @property
    def at_work(self) -> bool:
        """Return whether the page will soon be another one."""
        return self.state in AT_WORK

    @property
    def polls(self) -> bool:
        """Return whether the page asks by itself how far the import is."""
        return self.at_work and clock.now() - self.moved_at < LOOKS_FOR


@dataclass(frozen=True)
class SeenFault:
    """Something wrong in a file."""

    number: int
    kind: str
    line: int
    column: str
    message: str


async def find_import(id: UUID) -> SeenImport | None:
    """Return a file that came in whole, and how far it is."""
    return await row(
        SeenImport,
        f"""
        select i.id, i.name, i.size, i.sha256, i.state, i.reason, i.lines as line_counts,
               i.added as added_counts, i.wrong, i.left_out as other_names, i.begun_at,
               i.moved_at, u.name as uploaded_by, c.name as confirmed_by,
               coalesce(p.phase, '') as phase, coalesce(p.lines, 0) as done
        from {TABLES} left join bulk_import_progress p on p.import = i.id
        where i.id = $1 and i.size is not null
        """,
        id,
    )


async def list_faults(
    id: UUID, *, after: int = 0, most: int | None = FAULT_ROWS
) -> list[SeenFault]:
    """Return what is wrong in a file, in the order of its lines.

    Args:
        after: number of the last fault already seen.
        most: how many at most; None for all that are kept.
    """
    return await rows(
        SeenFault,
        'select number, kind, line, "column", message from bulk_import_fault'
        " where import = $1 and number > $2 order by number limit $3",
        id,
        after,
        most,
    )
