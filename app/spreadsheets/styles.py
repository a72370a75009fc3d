"""The formats of a workbook's cells, and its shared texts."""

from array import array

from app.spreadsheets.cells import unescaped
from app.spreadsheets.faults import FileFault, Unreadable
from app.spreadsheets.formats import GENERAL, Format, read_format
from app.spreadsheets.limits import MOST_STYLES, MOST_TEXT_BYTES, MOST_TEXTS
from app.spreadsheets.xml_parts import Handler


class Styles(Handler):
    """The number format of each style of cells. Nothing else of a style is looked at."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._numbers = array("l")
        self._known: dict[int, Format] = {}
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of a format code, or of a style."""
        if name == "numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._numbers.append(_number(attributes.get("numFmtId")))
            if len(self._numbers) > MOST_STYLES:
                raise Unreadable(FileFault.TOO_LARGE)

    def end(self, name: str) -> None:
        """Leave the styles of cells."""
        if name == "cellXfs":
            self._inside = False

    def format(self, style: str | None) -> Format:
        """The number format of cells with this style."""
        place = _number(style)
        if place >= len(self._numbers):
            return GENERAL
        number = self._numbers[place]
        if number not in self._known:
            self._known[number] = read_format(number, self._codes.get(number))
        return self._known[number]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


class Texts(Handler):
    """The shared texts, one after the other as bytes, since objects take ten times their room."""

    def __init__(self) -> None:
        self._bytes, self._ends = bytearray(), array("q", [0])
        self._parts: list[str] = []
        self._taking, self._reading = False, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a text; what stands above kanji to be read aloud is none."""
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._reading += 1
        elif name == "t":
            self._taking = not self._reading

    def end(self, name: str) -> None:
        """Keep a text."""
        if name == "t":
            self._taking = False
        elif name == "rPh":
            self._reading -= 1
        elif name == "si":
            self._bytes += "".join(self._parts).encode("utf-8", "replace")
            self._ends.append(len(self._bytes))
            if len(self._ends) > MOST_TEXTS or len(self._bytes) > MOST_TEXT_BYTES:
                raise Unreadable(FileFault.TOO_LARGE)

    def text(self, text: str) -> None:
        """Take a piece of a text."""
        if self._taking:
            self._parts.append(text)

    def get(self, place: str) -> str:
        """The text of this number.

        Raises:
            Unreadable: there is none.
        """
        at = _number(place.strip())
        if not place.strip().isdigit() or at >= len(self._ends) - 1:
            raise Unreadable(FileFault.BROKEN_WORKBOOK)
        return unescaped(self._bytes[self._ends[at] : self._ends[at + 1]].decode("utf-8"))
