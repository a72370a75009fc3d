"""Imported files: a workbook with a sheet of each kind, a folder or a ZIP of CSV files, or one CSV.

Lines come one by one, so a file's size costs no memory.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import IO, TextIO

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.csv_lines import BOM, csv_line, plain_cell
from app.imports.rules import COLUMNS, EXAMPLES, Fault, Kind
from app.web.i18n import file_size
from app.web.i18n import gettext as _

PIECE = 1024 * 1024
# Packed files may grow a thousandfold; and a line has to fit into memory.
MOST_UNPACKED = 2 * 1000 * 1000 * 1000
LONGEST_LINE = 1024 * 1024
BROKEN_WORKBOOK = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error),
    *(SyntaxError, KeyError, ValueError, TypeError, EOFError),
)


class Unreadable(Exception):
    """The file cannot be imported at all. The message says why."""


@dataclass(frozen=True)
class Line:
    """A line as it stands in a file: column → text."""

    kind: Kind
    number: int
    cells: dict[str, str]


def read_lines(file: Path) -> Iterator[Line | Fault]:
    """The lines of all kinds, in the order of kinds; a Fault where a line or head cannot be read.

    Raises:
        Unreadable: this is no file of any of the forms.
        OSError: it cannot be read.
    """
    if file.is_dir():
        yield from _in_folder(file)
    elif file.suffix.lower() == ".xlsx":
        yield from _in_workbook(file)
    elif file.suffix.lower() == ".zip":
        yield from _in_archive(file)
    elif file.suffix.lower() == ".csv":
        yield from _csv_lines(_kind_of(file.name), file.open("rb"), file.open("rb"))
    else:
        raise Unreadable(_("Choose a .xlsx, a .zip of .csv files, or one .csv file."))


def readable_name(name: str) -> str:
    """A file's name as `read_lines` looks at it: the form, and of one CSV what is in it.

    Raises:
        Unreadable: the name tells neither.
    """
    form = Path(name).suffix.lower()
    if form == ".csv":
        return f"{_kind_of(name)}.csv"
    if form in {".xlsx", ".zip"}:
        return f"tables{form}"
    raise Unreadable(_("Choose a .xlsx, a .zip of .csv files, or one .csv file."))


def _kind_of(name: str) -> Kind:
    try:
        return Kind(Path(name).stem.lower())
    except ValueError:
        names = ", ".join(f"{kind}.csv" for kind in Kind)
        raise Unreadable(
            _(
                "%(name)s does not say what is in it. Name it one of %(names)s.",
                name=name,
                names=names,
            )
        ) from None


def _in_folder(folder: Path) -> Iterator[Line | Fault]:
    found = {_kind_of(file.name): file for file in folder.glob("*.csv")}
    if not found:
        raise Unreadable(_("There is no .csv file in this folder."))
    for kind in Kind:
        if kind in found:
            yield from _csv_lines(kind, found[kind].open("rb"), found[kind].open("rb"))


def _in_archive(file: Path) -> Iterator[Line | Fault]:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            found = {_kind_of(name): name for name in names}
            if not found:
                raise Unreadable(_("There is no .csv file in this ZIP."))
            for kind in Kind:
                if kind in found:
                    name = found[kind]
                    yield from _csv_lines(kind, archive.open(name), archive.open(name))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise Unreadable(_("This is no ZIP that can be read.")) from error


def _check_size(archive: zipfile.ZipFile) -> None:
    # No entry gives more than it says.
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
        raise Unreadable(_("Unpacked, it has more than %(most)s.", most=file_size(MOST_UNPACKED)))


def _in_workbook(file: Path) -> Iterator[Line | Fault]:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
        book = load_workbook(file, read_only=True, data_only=True)
        with closing(book):
            sheets = {name.strip().lower(): name for name in book.sheetnames}
            if not set(sheets) & set(Kind):
                raise Unreadable(_("No sheet is named %(names)s.", names=", ".join(Kind)))
            for kind in Kind:
                if kind in sheets:
                    rows = book[sheets[kind]].iter_rows(values_only=True)
                    texts = (tuple(_text(value) for value in row) for row in rows)
                    yield from _lines(kind, enumerate(texts, 1))
    except BROKEN_WORKBOOK as error:
        raise Unreadable(_("This is no workbook that can be read.")) from error


def _text(value: object) -> str:
    """A cell of a workbook as somebody would have typed it."""
    if isinstance(value, datetime):
        return f"{value:%Y/%m/%d}" if not value.time() else f"{value:%Y/%m/%d %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%Y/%m/%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv_lines(kind: Kind, look: IO[bytes], file: IO[bytes]) -> Iterator[Line | Fault]:
    """Lines of a CSV in UTF-8, or in CP932 as Japanese spreadsheets write it.

    Args:
        look: the same file, read first to see which of the two it is.
    """
    with look, file:
        encoding = "utf-8-sig" if _is_utf8(look) else "cp932"
        text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
        yield from _lines(kind, _numbered(text))


def _numbered(text: TextIO) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(iter(partial(text.readline, LONGEST_LINE), ""))
    try:
        for row in reader:
            yield reader.line_num, [plain_cell(cell) for cell in row]
    except csv.Error:
        # What follows cannot be told apart any more.
        yield reader.line_num, ()


def _lines(kind: Kind, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Line | Fault]:
    head: list[str] | None = None
    for number, row in rows:
        if head is not None and not row:
            yield Fault(kind, number, "", _("This line cannot be read as CSV."))
        elif not any(cell.strip() for cell in row):
            continue
        elif head is None:
            head = [cell.strip().lower() for cell in row]
            faults = _head_faults(kind, number, head)
            yield from faults
            if faults:
                return
        elif any("\0" in cell or "\ufffd" in cell for cell in row):
            yield Fault(kind, number, "", _("This line holds characters that cannot be used."))
        else:
            cells = dict.fromkeys(COLUMNS[kind], "") | dict(zip(head, row, strict=False))
            yield Line(kind, number, {name: cells[name].strip() for name in COLUMNS[kind]})


def _head_faults(kind: Kind, number: int, head: Sequence[str]) -> list[Fault]:
    wanted, names = COLUMNS[kind], ", ".join(COLUMNS[kind])
    faults = [
        Fault(kind, number, name, _("This column is missing."))
        for name in wanted
        if name not in head
    ]
    faults += [
        Fault(kind, number, name, _("Nobody knows this column; these are: %(names)s.", names=names))
        for name in head
        if name and name not in wanted
    ]
    return faults + [
        Fault(kind, number, name, _("This column is there twice."))
        for name in wanted
        if head.count(name) > 1
    ]


def write_template(file: Path | IO[bytes]) -> None:
    """A workbook with a sheet of each kind: the columns, and a line as an example."""
    book = Workbook(write_only=True)
    for kind in Kind:
        sheet = book.create_sheet(kind)
        sheet.append(list(COLUMNS[kind]))
        sheet.append(list(EXAMPLES[kind]))
    book.save(file)


class TableWriter:
    """Writes the CSV files of an export into a new ZIP, line by line."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def open(self, kind: Kind) -> IO[bytes]:
        """The file of a kind, its head written."""
        entry = self._archive.open(f"{kind}.csv", "w", force_zip64=True)
        entry.write((BOM + csv_line(COLUMNS[kind])).encode())
        return entry
