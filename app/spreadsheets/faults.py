"""What a table is made of, and what can be wrong with a file, a line or a cell: closed codes."""

from dataclasses import dataclass, field
from enum import StrEnum


class Form(StrEnum):
    """What a file is, whatever its name says."""

    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    TEXT = "text"


class FileFault(StrEnum):
    """Why a file cannot be read at all."""

    NOT_A_TABLE = "not-a-table"
    OLD_EXCEL = "old-excel"
    BINARY_EXCEL = "binary-excel"
    OPEN_DOCUMENT = "open-document"
    NUMBERS = "numbers"
    WEB_PAGE = "web-page"
    XML_TABLE = "xml-table"
    LOCKED = "locked"
    BROKEN_WORKBOOK = "broken-workbook"
    BROKEN_ARCHIVE = "broken-archive"
    SEVERAL_TABLES = "several-tables"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"


class LineMark(StrEnum):
    """What is wrong with a whole line."""

    QUOTES = "quotes"
    CHARACTERS = "characters"
    TOO_LONG = "too-long"
    TOO_WIDE = "too-wide"
    COMMA = "comma"


class CellMark(StrEnum):
    """What the text of a cell does not say by itself.

    Attributes:
        NUMBER: the cell holds a number, so that leading zeros may be lost.
        DAY: the cell holds a day or a time, as which programs take what looks like one.
        SHORTENED: a number of so many digits that programs keep, or show, only the first ones.
        EMPTY_FORMULA: a formula whose result is an empty text.
        FORMULA: a formula whose result is not in the file.
        ERROR: an error value, such as #N/A.
    """

    NUMBER = "number"
    DAY = "day"
    SHORTENED = "shortened"
    EMPTY_FORMULA = "empty-formula"
    FORMULA = "formula"
    ERROR = "error"


class Unreadable(Exception):
    """A file is none that can be read.

    Attributes:
        detail: the name of the part or entry that is meant, if any.
    """

    def __init__(self, fault: FileFault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True)
class Table:
    """A sheet of a workbook, a file of an archive, or the one table of a CSV file.

    Attributes:
        name: of the sheet, or path in the archive, or file, as written there.
        hidden: whether the spreadsheet program shows the sheet.
    """

    name: str
    hidden: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a table that is not blank.

    Attributes:
        number: of the line as the person's program counts it, from 1.
        cells: texts as the person sees them, in composed form, up to the last one that is not
            empty.
        marks: of cells, by their place.
        plain: numbers without the decoration of their format, by their place.
        mark: of the line; then its cells cannot be relied on.
    """

    number: int
    cells: list[str]
    marks: dict[int, CellMark] = field(default_factory=dict)
    plain: dict[int, str] = field(default_factory=dict)
    mark: LineMark | None = None


@dataclass(frozen=True)
class Merge:
    """Cells that were joined to one, of which only the first holds what the person sees.

    Attributes:
        place: as the spreadsheet program writes it, such as A2:A4.
        last_row: the last line that it covers.
        first_column: from 0.
    """

    place: str
    last_row: int
    first_column: int
