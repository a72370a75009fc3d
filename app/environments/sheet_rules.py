"""Allocations as a table of lines: how a table is read, whatever somebody pastes or uploads."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_LINES = 5000
MOST_BYTES = 1_000_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


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
REQUIRED = (Column.ENVIRONMENT, Column.PRODUCT, Column.COUNT)


class TableFault(StrEnum):
    """Why a table cannot be read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY_LINES = "too-many-lines"
    NOT_TEXT = "not-text"
    NOT_A_TABLE = "not-a-table"
    MISSING_COLUMN = "missing-column"


@dataclass(frozen=True)
class Line:
    """A line as it was written.

    Attributes:
        number: of the line in the text, from 1; of its last one where a cell holds breaks.
        cells: what stands in each column, without outer space; missing ones are empty.
    """

    number: int
    cells: dict[Column, str]


def decode(content: bytes) -> str | None:
    """The text of a file: UTF-8, UTF-16 with a mark, or CP932, as Japanese Excel writes it."""
    marked = [encoding for bom, encoding in _BOMS if content.startswith(bom)]
    for encoding in marked or ("utf-8", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def read_table(text: str) -> list[Line] | TableFault:
    """The lines of a table with commas or tabs, with a head or without."""
    rows = _rows(text.removeprefix("\ufeff"))
    if isinstance(rows, TableFault):
        return rows
    if not rows:
        return TableFault.EMPTY
    places: dict[Column, int] | None = {column: at for at, column in enumerate(Column)}
    head = _places(rows[0][1])
    # One such word may be an environment's name; two are the head of a table.
    if len(head) > 1:
        rows, places = rows[1:], head
        if not set(REQUIRED) <= set(places):
            return TableFault.MISSING_COLUMN
    if not rows:
        return TableFault.EMPTY
    return [Line(number, _cells(row, places or {})) for number, row in rows]


def _rows(text: str) -> list[tuple[int, list[str]]] | TableFault:
    """Rows that are not blank, with their numbers."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",")
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            # A head comes on top of the lines.
            if len(rows) > MOST_LINES + 1:
                return TableFault.TOO_MANY_LINES
    except csv.Error:
        return TableFault.NOT_A_TABLE
    if len(rows) > MOST_LINES and len(_places(rows[0][1])) < 2:
        return TableFault.TOO_MANY_LINES
    return rows


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


def _cells(row: Sequence[str], places: dict[Column, int]) -> dict[Column, str]:
    return {
        column: row[at].strip() if (at := places.get(column, len(row))) < len(row) else ""
        for column in Column
    }
