"""Texts of cells as the person sees them."""

import re
import unicodedata
from collections.abc import Sequence

from app.characters import composed
from app.spreadsheets.faults import CellMark, LineMark, Row
from app.spreadsheets.limits import LONGEST_LINE, MOST_COLUMNS

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What spreadsheet programs show instead of a value; a column that is too narrow shows signs only.
_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!"
    r"|UNKNOWN!|CONNECT!|BUSY!|EXTERNAL!|PYTHON!|ERROR!)|Err:\d{3}|#{3,}",
    re.IGNORECASE,
)
# A long number as programs show it: 1.23457E+15.
_SHORTENED = re.compile(r"-?\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)


def unescaped(text: str) -> str:
    """The characters that a workbook writes as _x000D_, since XML has no other way."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet program shows instead of a value."""
    return _ERROR.fullmatch(text.strip()) is not None


def make_row(
    number: int,
    cells: Sequence[str],
    marks: dict[int, CellMark] | None = None,
    plain: dict[int, str] | None = None,
    mark: LineMark | None = None,
) -> Row | None:
    """The line of these cells; None if it is blank."""
    # Looked at as one text first: most lines have nothing that takes a closer look.
    whole, texts, marks = "".join(cells), list(cells), marks or {}
    if not whole.isascii() and not unicodedata.is_normalized("NFC", whole):
        texts = [composed(cell) for cell in texts]
    while texts and not texts[-1].strip() and len(texts) - 1 not in marks:
        texts.pop()
    seen = texts and any(text.strip() for text in texts)
    if not seen and not mark and set(marks.values()) <= {CellMark.EMPTY_FORMULA}:
        return None
    if "#" in whole or "rr:" in whole.lower():
        wrong = [place for place, text in enumerate(texts) if is_error(text)]
        marks = marks | dict.fromkeys(wrong, CellMark.ERROR)
    if "E+" in whole or "e+" in whole:
        cut = [place for place, text in enumerate(texts) if _SHORTENED.fullmatch(text.strip())]
        marks = dict.fromkeys(cut, CellMark.SHORTENED) | marks
    if len(texts) > MOST_COLUMNS:
        mark = mark or LineMark.TOO_WIDE
    elif len(whole) > LONGEST_LINE:
        mark = mark or LineMark.TOO_LONG
    elif "\0" in whole or "\ufffd" in whole:
        mark = mark or LineMark.CHARACTERS
    return Row(number, [] if mark else texts, {} if mark else marks, plain or {}, mark)
