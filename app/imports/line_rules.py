"""From the rows of a table to the lines of a kind: which columns they are of, and what is wrong.

No row is passed over in silence: each is a line, a fault, or stands as a title above the table.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.characters import without_invisible
from app.imports.rules import COLUMNS, NAMED_BY, OPTIONAL, Fault, Kind
from app.spreadsheets.faults import CellMark, Merge, Row
from app.web.i18n import gettext as _
from app.web.table_faults import cell_message, line_message, merged_message

# As far as the line with the names of the columns is looked for.
MOST_TITLES = 10
NUMBERS = frozenset({"quantity"})
DAYS = frozenset({"starts_on", "ends_on"})
# Written with a leading zero more often than not, which a number cannot have.
BEGIN_WITH_ZERO = frozenset({"sales_phone"})


@dataclass(frozen=True)
class Line:
    """A line as it stands in a file: column → text."""

    kind: Kind
    number: int
    cells: dict[str, str]


class Lines:
    """Takes the rows of one table in their order, and gives its lines and faults."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._waiting: list[Row] = []
        self._head: Row | None = None
        self._names: list[str] = []
        self._broken = False

    def take(self, row: Row | Merge) -> Iterator[Line | Fault]:
        """What comes of a row; the first ones wait until the names of the columns are found."""
        if self._broken:
            return
        if isinstance(row, Merge):
            yield from self._take_merge(row)
        elif self._head is not None:
            faults, line = self._faults(row), self._line(row)
            names = line.cells.get(NAMED_BY.get(self._kind, ""), "")
            yield from (replace(fault, names=names) for fault in faults)
            if not faults:
                yield line
        elif self._is_head(row):
            yield from self._begin(row)
        else:
            self._waiting.append(row)
            if len(self._waiting) > MOST_TITLES:
                yield from self.end()

    def end(self) -> Iterator[Line | Fault]:
        """Return the faults left to report after the last row."""
        if self._head is None and not self._broken and self._waiting:
            first = self._waiting.pop(0)
            yield from self._begin(first)

    def _fault(self, row: Row, column: str, message: str) -> Fault:
        return Fault(self._kind, row.number, column, message)

    def _is_head(self, row: Row) -> bool:
        known = set(COLUMNS[self._kind]) & set(_names(row))
        required = set(COLUMNS[self._kind]) - OPTIONAL
        return len(known) > 1 and 2 * len(known) >= len(required)

    def _begin(self, head: Row) -> Iterator[Fault]:
        """Take a row for the one that names the columns."""
        if head.mark is not None:
            self._broken = True
            yield self._fault(head, "", line_message(head.mark))
            return
        self._head, self._names = head, _names(head)
        faults = _head_faults(self._kind, head.number, self._names)
        self._broken = bool(faults)
        yield from faults
        if not faults:
            for row in self._waiting:
                if row.mark or sum(bool(cell.strip()) for cell in row.cells) > 1:
                    message = _("This line is above the column names. Move it below them.")
                    yield self._fault(row, "", message)

    def _faults(self, row: Row) -> list[Fault]:
        if row.mark is not None:
            return [self._fault(row, "", line_message(row.mark))]
        faults = []
        for place, text in enumerate(row.cells):
            name = self._names[place] if place < len(self._names) else ""
            mark = row.marks.get(place)
            if not name:
                if text.strip() or mark is CellMark.FORMULA:
                    faults.append(self._fault(row, letters(place), _without_column()))
            elif mark is CellMark.NUMBER:
                if name in BEGIN_WITH_ZERO:
                    faults.append(self._fault(row, name, cell_message(mark)))
            elif mark is CellMark.DAY:
                if name not in DAYS:
                    faults.append(self._fault(row, name, cell_message(mark)))
            elif mark is not None:
                faults.append(self._fault(row, name, cell_message(mark)))
        return faults

    def _line(self, row: Row) -> Line:
        cells = dict.fromkeys(COLUMNS[self._kind], "")
        for place, (name, text) in enumerate(zip(self._names, row.cells, strict=False)):
            if name:
                plain = row.plain.get(place, text) if name in NUMBERS else text
                cells[name] = plain.strip()
        return Line(self._kind, row.number, cells)

    def _take_merge(self, merge: Merge) -> Iterator[Fault]:
        if self._head is None or merge.last_row <= self._head.number:
            return
        if merge.first_column < len(self._names):
            name = self._names[merge.first_column] or letters(merge.first_column)
            yield Fault(self._kind, merge.last_row, name, merged_message(merge.place))


def _without_column() -> str:
    return _(
        "This value has no column. If an earlier value contains a comma, enclose that value"
        " in quotation marks."
    )


def letters(place: int) -> str:
    """What a spreadsheet program calls a column: A for 0, AA for 26."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def plain_name(text: str) -> str:
    """The name of a column or a table, in whatever width and case it is written."""
    plain = unicodedata.normalize("NFKC", " ".join(text.split()))
    return "_".join(without_invisible(plain).lower().split())


def _names(row: Row) -> list[str]:
    return [plain_name(cell) for cell in row.cells]


def _head_faults(kind: Kind, number: int, head: Sequence[str]) -> list[Fault]:
    wanted, names = COLUMNS[kind], ", ".join(COLUMNS[kind])
    faults = [
        Fault(kind, number, name, _("This column is missing."))
        for name in wanted
        if name not in head and name not in OPTIONAL
    ]
    faults += [
        Fault(kind, number, name, _("Unknown column. Valid columns: %(names)s.", names=names))
        for name in head
        if name and name not in wanted
    ]
    return faults + [
        Fault(kind, number, name, _("This column appears twice."))
        for name in wanted
        if head.count(name) > 1
    ]
