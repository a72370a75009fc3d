"""Imported files: a workbook with a sheet of each kind, a folder or a ZIP of CSV files, or one CSV.

Lines come one by one, so a file's size costs no memory.
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from openpyxl import Workbook

from app.imports.line_rules import Line, Lines, plain_name
from app.imports.rules import COLUMNS, EXAMPLES, Fault, Kind
from app.spreadsheets import faults
from app.spreadsheets.archive import is_leftover
from app.spreadsheets.csv_lines import BOM, csv_line
from app.spreadsheets.faults import FileFault, Form
from app.spreadsheets.process import list_tables, read_rows
from app.web.i18n import gettext as _
from app.web.table_faults import file_message

TEXTS = {".csv", ".tsv", ".txt"}
WORKBOOKS = {".xlsx", ".xlsm", ".xltx", ".xltm"}
# Formats of other programs: what to save them as is said by the reader's faults.
FOREIGN = {
    ".xls": FileFault.OLD_EXCEL,
    ".xlsb": FileFault.BINARY_EXCEL,
    ".ods": FileFault.OPEN_DOCUMENT,
    ".numbers": FileFault.NUMBERS,
    ".htm": FileFault.WEB_PAGE,
    ".html": FileFault.WEB_PAGE,
    ".xml": FileFault.XML_TABLE,
}


class Unreadable(Exception):
    """The file cannot be imported at all. The message says why."""


@dataclass(frozen=True)
class _Source:
    """Where the table of a kind is: in which file, at which place, and what it is called there."""

    kind: Kind
    file: Path
    place: int
    name: str


def read_lines(file: Path) -> Iterator[Line | Fault]:
    """The lines of all kinds, in the order of kinds; a Fault where a line or head cannot be read.

    Raises:
        Unreadable: this is no file of any of the forms.
        OSError: it cannot be read.
    """
    try:
        lines = _lines(find_sources(file)[0])
        first = next(lines, None)
        if first is None:
            raise Unreadable(_("The file contains no lines."))
        yield first
        yield from lines
    except faults.Unreadable as error:
        raise Unreadable(file_message(error)) from error


def left_out(file: Path) -> list[str]:
    """The names of sheets and files in a file that are of no kind, and so are not read.

    Raises:
        Unreadable, OSError: as `read_lines`.
    """
    try:
        return find_sources(file)[1]
    except faults.Unreadable as error:
        raise Unreadable(file_message(error)) from error


def find_sources(file: Path) -> tuple[list[_Source], list[str]]:
    """The tables of a file in the order of kinds, and the names of what is not read.

    Raises:
        Unreadable, app.spreadsheets.faults.Unreadable, OSError: it cannot be imported.
    """
    if file.is_dir():
        return _in_folder(file)
    readable_name(file.name)
    with file.open("rb") as opened:
        form, tables = list_tables(opened, file.name)
    if form is Form.TEXT and _form(file.name) not in TEXTS:
        broken = FileFault.BROKEN_ARCHIVE if _form(file.name) == ".zip" else FileFault.NOT_A_TABLE
        raise faults.Unreadable(broken)
    kinds = [sheet_kind(t.name) if form is Form.WORKBOOK else kind_of(t.name) for t in tables]
    found = [
        _Source(kind, file, place, table.name)
        for place, (table, kind) in enumerate(zip(tables, kinds, strict=True))
        if kind is not None
    ]
    others = [table.name for table, kind in zip(tables, kinds, strict=True) if kind is None]
    if form is not Form.WORKBOOK:
        _check_files(others)
    if not found and form is Form.WORKBOOK:
        raise Unreadable(_("No sheet has one of these names: %(names)s.", names=", ".join(Kind)))
    if not found:
        raise Unreadable(_("This ZIP contains no .csv file."))
    return _in_order(found), others


def _in_folder(folder: Path) -> tuple[list[_Source], list[str]]:
    files = sorted(each for each in folder.iterdir() if each.is_file())
    mine = [each for each in files if not is_leftover(each.name)]
    kinds = [(each, kind_of(each.name) if _form(each.name) in TEXTS else None) for each in mine]
    others = [each.name for each, kind in kinds if kind is None]
    _check_files(others)
    found = [_Source(kind, each, 0, each.name) for each, kind in kinds if kind is not None]
    if not found:
        raise Unreadable(_("This folder contains no .csv file."))
    return _in_order(found), others


def _check_files(names: Sequence[str]) -> None:
    """No table may be passed over only because its file has another name."""
    for name in names:
        if _form(name) in TEXTS - {".txt"}:
            raise Unreadable(_unnamed(name))
        if _form(name) in WORKBOOKS | FOREIGN.keys() | {".zip"}:
            raise Unreadable(
                _("%(name)s is not a CSV file. Import it on its own, or remove it.", name=name)
            )


def _in_order(sources: Sequence[_Source]) -> list[_Source]:
    """One source of each kind, in the order of kinds."""
    ordered = []
    for kind in Kind:
        alike = [source for source in sources if source.kind is kind]
        if len(alike) > 1:
            raise Unreadable(
                _(
                    "“%(first)s” and “%(second)s” contain the same kind of lines (%(kind)s)."
                    " Remove or rename one of them. Hidden sheets count too.",
                    first=alike[0].name,
                    second=alike[1].name,
                    kind=kind,
                )
            )
        ordered += alike
    return ordered


def _lines(sources: Sequence[_Source]) -> Iterator[Line | Fault]:
    for source in sources:
        lines = Lines(source.kind)
        with source.file.open("rb") as opened:
            for _place, row in read_rows(opened, [source.place]):
                yield from lines.take(row)
        yield from lines.end()


def _form(name: str) -> str:
    return Path(name).suffix.lower()


def sheet_kind(name: str) -> Kind | None:
    """What a sheet of this name holds, or None."""
    plain = plain_name(name)
    return Kind(plain) if plain in set(Kind) else None


def kind_of(name: str) -> Kind | None:
    """What a text file of this name holds, or None."""
    return sheet_kind(Path(name.replace("\\", "/")).stem) if _form(name) in TEXTS else None


def _unnamed(name: str) -> str:
    return _(
        "The name %(name)s does not say what the lines are. Use one of these names: %(names)s.",
        name=name,
        names=", ".join(f"{kind}.csv" for kind in Kind),
    )


def readable_name(name: str) -> str:
    """A file's name as `read_lines` looks at it: the form, and of one CSV what is in it.

    Raises:
        Unreadable: the name shows neither.
    """
    form = _form(name)
    if form in WORKBOOKS | {".zip"}:
        return f"tables{form}"
    if kind := kind_of(name):
        return f"{kind}.csv"
    if form in FOREIGN:
        raise Unreadable(file_message(faults.Unreadable(FOREIGN[form])))
    if form in {".csv", ".tsv"}:
        raise Unreadable(_unnamed(name))
    raise Unreadable(_("Select an .xlsx file, a .zip of .csv files, or a single .csv file."))


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
