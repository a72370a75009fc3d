"""Allocations as a table of lines: how a table is read, whatever a person pastes or uploads."""

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from app.spreadsheets.csv_lines import csv_line
from app.spreadsheets.delimited import read_text
from app.spreadsheets.encodings import encoding_of
from app.spreadsheets.faults import CellMark, LineMark, Row

MOST_LINES = 5000
MOST_BYTES = 1_000_000
# As far as the head is looked for, and as many blank lines are kept when a table becomes text.
MOST_TITLES = 10
MOST_BLANK = 1000


class Column(StrEnum):
    """What a table says of an allocation. The first three are needed, in this order."""

    ENVIRONMENT = "environment"
    PRODUCT = "product"
    COUNT = "count"
    MARK = "mark"


# What a column's head may say, the better one first; both languages, as `_plain` writes them.
HEADS = {
    Column.ENVIRONMENT: ("環境名", "環境", "environmentname", "environment"),
    Column.PRODUCT: ("製品コード", "productcode", "製品", "product", "製品名", "productname"),
    Column.COUNT: ("数量", "割り当て", "割当", "quantity", "count", "allocated", "allocation"),
    Column.MARK: ("契約製品番号", "contractedproductno."),
}
# The shown text of such a cell counts: names and counts are checked anyway.
AS_SHOWN = frozenset({CellMark.NUMBER, CellMark.DAY})
REQUIRED = (Column.ENVIRONMENT, Column.PRODUCT, Column.COUNT)


class TableFault(StrEnum):
    """Why a table cannot be read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY_LINES = "too-many-lines"
    NOT_TEXT = "not-text"
    MISSING_COLUMN = "missing-column"


@dataclass(frozen=True)
class Line:
    """A line as it was written.

    Attributes:
        number: of the line in the text, from 1; of its last one where a cell holds breaks.
        cells: what stands in each column, without outer space; missing ones are empty.
        marks: why the text of a cell is not what is meant.
        mark: why the line as a whole cannot be read.
        surplus: whether values stand to the right of the last column that has a name.
    """

    number: int
    cells: dict[Column, str]
    marks: dict[Column, CellMark] = field(default_factory=dict)
    mark: LineMark | None = None
    surplus: bool = False


def decode(content: bytes) -> str | None:
    """The text of a file in any encoding that the reader of tables knows; None if it is none."""
    encoding = encoding_of(io.BytesIO(content))
    text = content.decode(encoding, "replace")
    return None if "\0" in text or "\ufffd" in text else text


def read_table(text: str) -> list[Line] | TableFault:
    """The lines of a table that is text, with a head or without."""
    return read_rows(read_text(text))


def read_rows(rows: Iterable[Row]) -> list[Line] | TableFault:
    """The lines of a table, with a head or without; titles may stand above the head."""
    # A head comes on top of the lines, and titles above it.
    taken = list(islice(rows, MOST_LINES + MOST_TITLES + 2))
    at = _head_at(taken)
    places = {column: place for place, column in enumerate(Column)}
    lines, width = taken, None
    if at is not None:
        places, width, lines = _places(taken[at].cells), len(taken[at].cells), taken[at + 1 :]
        if not set(REQUIRED) <= set(places):
            return TableFault.MISSING_COLUMN
    if len(lines) > MOST_LINES:
        return TableFault.TOO_MANY_LINES
    return [_line(row, places, width) for row in lines] or TableFault.EMPTY


def write_table(lines: Sequence[Line]) -> str:
    """Lines as text for people to continue with, each on its line as far as blank ones may show it.

    A formula without a result stays a fault: it shows an error there.
    """
    text, at = list[str](), 0
    for line in lines:
        text += [""] * (line.number - at - 1) if line.number - at - 1 <= MOST_BLANK else []
        cells = [_as_text(line, column) for column in Column]
        text.append(csv_line(cells).rstrip("\r\n"))
        at = max(line.number, at + 1)
    return "\n".join(text)


def _as_text(line: Line, column: Column) -> str:
    # A shortened number is also a fault as text.
    faulty = line.marks.get(column, CellMark.SHORTENED) is not CellMark.SHORTENED
    return "#N/A" if faulty else " ".join(line.cells[column].split())


def has_head(rows: Sequence[Row]) -> bool:
    """Whether a table names its columns."""
    return _head_at(rows) is not None


def _head_at(rows: Sequence[Row]) -> int | None:
    """Where the head is: one such word may be an environment's name; two are a table's head."""
    for at, row in enumerate(rows[: MOST_TITLES + 1]):
        if len(_places(row.cells)) > 1:
            return at
        if row.mark or sum(bool(cell.strip()) for cell in row.cells) > 1:
            return None
    return None


def _plain(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).casefold().split())


def _places(row: Sequence[str]) -> dict[Column, int]:
    """Where each column stands, if the row is a head."""
    said = [_plain(cell) for cell in row]
    places = {}
    for column, heads in HEADS.items():
        known = [head for head in heads if head in said]
        if known:
            places[column] = said.index(known[0])
    return places


def _line(row: Row, places: Mapping[Column, int], width: int | None) -> Line:
    cells = dict.fromkeys(Column, "")
    marks = dict[Column, CellMark]()
    for column, at in places.items():
        if at < len(row.cells):
            text = row.plain.get(at, row.cells[at]) if column is Column.COUNT else row.cells[at]
            cells[column] = text.strip()
            if row.marks.get(at, CellMark.NUMBER) not in AS_SHOWN:
                marks[column] = row.marks[at]
    surplus = width is not None and any(cell.strip() for cell in row.cells[width:])
    return Line(row.number, cells, marks, row.mark, surplus=surplus)
