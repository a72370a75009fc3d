"""A workbook's ZIP: where its sheets, texts and formats are."""

import posixpath
import zipfile
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from app.spreadsheets.faults import FileFault, Unreadable
from app.spreadsheets.limits import MOST_PART, MOST_SHEETS
from app.spreadsheets.xml_parts import Handler, has, local, parse_whole

# Sheets that have no cells of the person's own.
_NO_TABLES = frozenset({"chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"})


@dataclass(frozen=True)
class Sheet:
    """A sheet by its name, and the part that holds it."""

    name: str
    hidden: bool
    part: str


class Package:
    """The parts of a workbook, in whatever case and with whatever slashes they are named."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {_plain(entry.filename): entry for entry in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._entries

    def open(self, name: str) -> IO[bytes]:
        """A part's content.

        Raises:
            Unreadable: there is no such part, it is too large, or it takes a password.
        """
        entry = self._entries.get(_plain(name))
        if entry is None:
            raise Unreadable(FileFault.BROKEN_WORKBOOK, name)
        if entry.file_size > MOST_PART:
            raise Unreadable(FileFault.TOO_LARGE)
        if entry.flag_bits & 1:
            raise Unreadable(FileFault.LOCKED)
        return self._archive.open(entry)

    def relations(self, of: str) -> dict[str, tuple[str, str]]:
        """Id → the last word of the type, and the part, of what a part names."""
        folder, _, base = of.rpartition("/")
        name = f"{folder}/_rels/{base}.rels".lstrip("/")
        found = _Relations(folder)
        if name in self:
            with self.open(name) as part:
                parse_whole(part, found)
        return found.targets


def _plain(name: str) -> str:
    return unquote(name).replace("\\", "/").lstrip("/").lower()


class _Relations(Handler):
    def __init__(self, folder: str) -> None:
        self.folder, self.targets = folder, dict[str, tuple[str, str]]()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = attributes.get("Target", "").replace("\\", "/")
            part = posixpath.normpath(posixpath.join("/" + self.folder, target)).lstrip("/")
            self.targets[attributes.get("Id", "")] = kind, part


class Contents(Handler):
    """What the main part says: the sheets in their order, and how to read numbers.

    Attributes:
        from_1904: whether days are counted from 1904.
        uncalculated: whether no spreadsheet program has calculated the formulas yet.
    """

    def __init__(self, targets: dict[str, tuple[str, str]]) -> None:
        self._targets = targets
        self.sheets: list[Sheet] = []
        self.from_1904 = self.uncalculated = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of a sheet, or of a property."""
        if name == "workbookPr":
            self.from_1904 = has(attributes, "date1904")
        elif name == "calcPr":
            self.uncalculated = has(attributes, "fullCalcOnLoad")
        elif name == "sheet" and "name" in attributes:
            ids = [value for key, value in attributes.items() if ":" in key and local(key) == "id"]
            kind, part = self._targets.get(ids[0] if ids else "", ("", ""))
            hidden = attributes.get("state", "visible") != "visible"
            if kind not in {"worksheet", *_NO_TABLES}:
                # Its cells are nowhere to be found; without a word, it would seem not to be there.
                raise Unreadable(FileFault.BROKEN_WORKBOOK, attributes["name"])
            if kind == "worksheet":
                self.sheets.append(Sheet(attributes["name"], hidden, part))
            if len(self.sheets) > MOST_SHEETS:
                raise Unreadable(FileFault.TOO_LARGE)


def main_part(package: Package) -> str:
    """The name of the part that names the sheets."""
    for kind, part in package.relations("").values():
        if kind == "officeDocument":
            return part
    return "xl/workbook.xml"
