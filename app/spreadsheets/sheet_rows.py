"""The cells of one sheet, as its part of a workbook comes in pieces."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.spreadsheets.cells import make_row, unescaped
from app.spreadsheets.faults import CellMark, FileFault, LineMark, Merge, Row, Unreadable
from app.spreadsheets.formats import GENERAL, plain_number, show_number
from app.spreadsheets.limits import MOST_COLUMNS, MOST_MERGES, MOST_ROWS
from app.spreadsheets.styles import Styles, Texts
from app.spreadsheets.xml_parts import Handler

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d(?::\d\d)?)[\d.]*Z?)?")


@dataclass(frozen=True)
class Book:
    """What the cells of all sheets share.

    Attributes:
        from_1904: whether days are counted from 1904.
        uncalculated: whether no spreadsheet program has calculated the formulas yet.
    """

    texts: Texts
    styles: Styles
    from_1904: bool
    uncalculated: bool


@lru_cache(maxsize=4096)
def _column(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


class SheetReader(Handler):
    def __init__(self, book: Book) -> None:
        self._book = book
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self._number, self._before, self._placed = 0, 0, False
        self._begin_row()
        self._begin_cell({})
        self._taking, self._reading, self._inside = False, 0, False

    def _begin_row(self) -> None:
        self._cells: dict[int, str] = {}
        self._marks: dict[int, CellMark] = {}
        self._plain: dict[int, str] = {}
        self._last = -1

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._type, self._style = attributes.get("t", "n"), attributes.get("s")
        self._formula, self._calculated = False, False
        self._value: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._inside = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif not self._inside:
            return
        elif name == "c":
            found = _PLACE.fullmatch(attributes.get("r", ""))
            self._last = _column(found[1]) if found else self._last + 1
            if found:
                self._stand_in(int(found[2]))
            self._begin_cell(attributes)
        elif name in {"v", "t"}:
            shown = not self._reading and (name == "t" or self._type != "inlineStr")
            self._taking, self._calculated = shown, True
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._reading += 1
        elif name == "row":
            said = attributes.get("r", "")
            self._before, self._placed = self._number, False
            self._number += 1
            if said.isdigit() and len(said) < 8:
                self._stand_in(int(said))
            if self._number > MOST_ROWS:
                raise Unreadable(FileFault.TOO_LARGE)
            self._begin_row()

    def _stand_in(self, number: int) -> None:
        """Take the row's number from the row, or from its cells where it has none itself."""
        if self._placed and number == self._number:
            return
        if self._placed or number <= self._before:
            # Two rows in one place, or two places for one row: programs show different tables.
            raise Unreadable(FileFault.BROKEN_WORKBOOK)
        self._number, self._placed = number, True

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._taking = False
        elif not self._inside:
            return
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._reading -= 1
        elif name == "sheetData":
            self._inside = False

    def text(self, text: str) -> None:
        if self._taking:
            self._value.append(text)

    def _end_cell(self) -> None:
        place, raw = self._last, "".join(self._value)
        if place in self._cells:
            # Two cells in one place: a person sees only one.
            raise Unreadable(FileFault.BROKEN_WORKBOOK)
        if not raw and not self._formula:
            return
        text, mark = self._shown(raw, place)
        if self._formula and not text.strip():
            cached = self._type == "str" and self._calculated
            mark = CellMark.EMPTY_FORMULA if cached else CellMark.FORMULA
        self._cells[place] = text
        if mark:
            self._marks[place] = mark

    def _shown(self, raw: str, place: int) -> tuple[str, CellMark | None]:
        book, kind = self._book, self._type
        if kind == "s":
            return book.texts.get(raw), None
        if kind in {"inlineStr", "str"}:
            return unescaped(raw), None
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(raw.strip(), raw), None
        if kind == "e":
            return raw, CellMark.ERROR
        if kind == "d":
            found = _DAY.fullmatch(raw.strip())
            shown = "/".join(found.group(1, 2, 3)) + _time(found[4]) if found else raw
            return shown, CellMark.DAY
        return self._number_shown(raw.strip(), place)

    def _number_shown(self, raw: str, place: int) -> tuple[str, CellMark | None]:
        if self._formula and self._book.uncalculated and raw in {"", "0"}:
            # Programs that cannot calculate write a nought for what is not known yet.
            return "", CellMark.FORMULA
        shown = self._book.styles.format(self._style) if self._style else GENERAL
        try:
            text = show_number(raw, shown, from_1904=self._book.from_1904)
        except OverflowError:
            return "########", CellMark.ERROR
        if not raw or shown.day or shown.time:
            return text, CellMark.DAY if raw else None
        try:
            self._plain[place] = text if shown.percent else plain_number(raw)
        except ValueError:
            return text, None
        return text, CellMark.SHORTENED if "e+" in self._plain[place] else CellMark.NUMBER

    def _end_row(self) -> None:
        if not self._cells:
            return
        cells, wide = [""] * (min(max(self._cells), MOST_COLUMNS - 1) + 1), None
        for place, text in self._cells.items():
            if place < MOST_COLUMNS:
                cells[place] = text
            elif text.strip() or place in self._marks:
                wide = LineMark.TOO_WIDE
        row = make_row(self._number, cells, self._marks, self._plain, wide)
        if row is not None:
            self.rows.append(row)

    def _merge(self, place: str) -> None:
        first, _, last = place.partition(":")
        begin, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if len(self.merges) > MOST_MERGES:
            raise Unreadable(FileFault.TOO_LARGE)
        if begin and end:
            self.merges.append(Merge(place, int(end[2]), _column(begin[1])))


def _time(text: str | None) -> str:
    return f" {text}" if text and text.strip("0:") else ""
