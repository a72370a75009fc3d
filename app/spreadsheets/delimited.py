"""CSV and its kin: text with commas, semicolons or tabs between the cells (RFC 4180, Excel)."""

import csv
import io
import re
from collections.abc import Iterator
from typing import IO, TextIO

from app.spreadsheets.cells import make_row
from app.spreadsheets.csv_lines import plain_cell, safe_cell
from app.spreadsheets.encodings import encoding_of
from app.spreadsheets.faults import LineMark, Row
from app.spreadsheets.limits import LONGEST_CELL, LONGEST_LINE

# As far as one looks for the separator: titles and blank lines may stand above the table.
SAMPLE = 64 * 1024
SEPARATORS = "\t;,"
_SAID = re.compile(r'"?sep=([^\r\n"])"?\s*', re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# What stands behind the comma in names of companies; it is never a value by itself.
_SUFFIX = re.compile(
    r"\n {0,4}(co|ltd|inc|llc|llp|lp|corp|corporation|incorporated|limited|plc|pte|pty|gmbh"
    r"|k\.?k|s\.?a|b\.?v|n\.?v)\.?([ ,]*(ltd|inc|llc)\.?)? {0,4}(\n|\Z)",
    re.IGNORECASE,
)


def read_file(file: IO[bytes]) -> Iterator[Row]:
    """The lines of a CSV file, in whatever encoding and with whatever separator it is written."""
    encoding = encoding_of(file)
    file.seek(0)
    yield from read_stream(io.TextIOWrapper(file, encoding, errors="replace", newline=""))


def read_text(text: str) -> Iterator[Row]:
    """The lines of a table that was pasted."""
    yield from read_stream(io.StringIO(text, newline=""))


def read_stream(text: TextIO) -> Iterator[Row]:
    """The lines of a text that can be read from its beginning again."""
    sample = text.read(SAMPLE)
    said = _SAID.match(sample.removeprefix("\ufeff"))
    table = sample[said.end() :] if said else sample
    separator = said[1] if said else _separator(table)
    # The first line shows whether a space follows every comma here.
    spaced = separator == "," and _spaced(table)
    text.seek(0)
    lines = _Lines(text)
    if said:
        next(lines)
    # What is wrong with its quotation marks would swallow the lines that follow.
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=spaced)
    csv.field_size_limit(LONGEST_CELL)
    while True:
        begin = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            too_large = "field larger" in str(error)
            mark = LineMark.TOO_LONG if too_large or lines.too_long else LineMark.QUOTES
            row = make_row(begin, [], mark=mark)
        else:
            row = make_row(lines.number, _plain(cells), mark=_cut_in_two(cells))
            sound = row is not None and row.mark is None
            if sound and separator == "," and _has_loose_comma(cells, spaced=spaced):
                row = make_row(lines.number, [], mark=LineMark.COMMA)
        if row is not None:
            yield row


def _plain(cells: list[str]) -> list[str]:
    """Cells without the apostrophe that guards a formula, and without a workbook's escapes."""
    whole = "".join(cells)
    if "'" in whole:
        cells = [_without_guard(cell) for cell in cells]
    elif '="' in whole:
        # ="00123" is a text that spreadsheet programs must not take for a number.
        cells = [_without_formula(cell) for cell in cells]
    if "_x000D_" in whole:
        # A carriage return of a workbook that another program has made a CSV of.
        cells = [cell.replace("_x000D_", "\r") for cell in cells]
    return cells


def _without_guard(cell: str) -> str:
    """A cell without the apostrophe that makes a text of it; 'a' in a pair of them stays."""
    plain = plain_cell(cell)
    if plain == cell:
        return _without_formula(cell)
    return cell if cell.endswith("'") and safe_cell(plain) != cell else plain


def _without_formula(cell: str) -> str:
    found = _TEXT_FORMULA.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


def _cut_in_two(cells: list[str]) -> LineMark | None:
    """Whether ="a,b" has become ="a and b", since its quotation marks do not begin the cell."""
    if '="' not in "".join(cells):
        return None
    halves = [cell for cell in cells if cell.startswith('="')]
    return None if all(map(_TEXT_FORMULA.fullmatch, halves)) else LineMark.QUOTES


class _Lines:
    """The lines of a text, counted; one that is too long is cut, and said to be."""

    def __init__(self, text: TextIO) -> None:
        self._text, self.number, self.too_long = text, 0, False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        piece, self.too_long = line, False
        while len(piece) == LONGEST_LINE and not piece.endswith(("\r", "\n")):
            self.too_long = True
            piece = self._text.readline(LONGEST_LINE)
        if self.too_long:
            raise csv.Error
        return line.removeprefix("\ufeff") if self.number == 1 else line


def _separator(sample: str) -> str:
    """A tab, a semicolon, or a comma: what stands most often in the first line that has some.

    One alone may be of a title above the table; it counts where no line has more.
    """
    for enough in (2, 1):
        for line in io.StringIO(sample):
            bare = _QUOTED.sub("", line)
            counts = {sign: bare.count(sign) for sign in SEPARATORS}
            most = max(counts, key=lambda sign: counts[sign])
            if counts[most] >= enough:
                return most
    return ","


def _spaced(sample: str) -> bool:
    for line in io.StringIO(sample):
        bare = _QUOTED.sub("", line)
        if "," in bare:
            return bare.count(", ") + bare.rstrip().endswith(",") >= bare.count(",")
    return False


def _has_loose_comma(cells: list[str], *, spaced: bool) -> bool:
    """Whether a value seems to hold a comma without quotation marks around it.

    Such a line may have as many cells as another: Sample Co., Ltd. is a name and a half.
    """
    whole = "\n".join(["", *cells[1:]])
    if _SUFFIX.search(whole):
        return True
    if spaced or "\n " not in whole:
        return False
    # Some people write a table with spaces on both sides of a comma.
    return any(
        cell[:1] == " " and cell.strip() and cells[at].strip() and not cells[at][-1].isspace()
        for at, cell in enumerate(cells[1:])
    )
