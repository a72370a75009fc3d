"""Tables of a file of any form; runs in a separate process, see `process`."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO

from app.spreadsheets import delimited
from app.spreadsheets.archive import files_of
from app.spreadsheets.faults import FileFault, Form, Merge, Row, Table, Unreadable
from app.spreadsheets.signatures import is_workbook, is_zip, open_zip
from app.spreadsheets.workbook import Workbook

# What a damaged archive, or part of one, makes the library say.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError),
    *(ValueError, KeyError, LookupError),
)


class Document:
    """An open file with its tables.

    Raises:
        Unreadable: here and in its methods, where the file is none that can be read.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._archive = open_zip(file) if is_zip(file) else None
        with _Broken(workbook=True):
            is_book = self._archive is not None and is_workbook(self._archive)
            self._book = Workbook(self._archive) if self._archive and is_book else None

    @property
    def form(self) -> Form:
        """What the file is."""
        if self._book is not None:
            return Form.WORKBOOK
        return Form.TEXT if self._archive is None else Form.ARCHIVE

    def tables(self) -> list[Table]:
        """The tables, in their order. That of a CSV file has no name."""
        if self._book is not None:
            return self._book.tables
        if self._archive is not None:
            return [Table(name) for name, _ in files_of(self._archive)]
        return [Table("")]

    def rows(self, wanted: Sequence[int]) -> Iterator[tuple[int, Row | Merge]]:
        """The lines of some tables, each with the place of its table."""
        with _Broken(workbook=self._book is not None):
            if self._book is not None:
                yield from self._book.rows(wanted)
            elif self._archive is None:
                yield from ((0, row) for row in delimited.read_file(self._file))
            else:
                files = files_of(self._archive)
                for place in wanted:
                    with self._archive.open(files[place][1]) as file:
                        if is_zip(file):
                            raise Unreadable(FileFault.NOT_A_TABLE)
                        yield from ((place, row) for row in delimited.read_file(file))


class _Broken:
    """Report what a library says of a damaged file in the portal's own words."""

    def __init__(self, *, workbook: bool) -> None:
        self._fault = FileFault.BROKEN_WORKBOOK if workbook else FileFault.BROKEN_ARCHIVE

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, BROKEN) and not isinstance(error, BrokenPipeError):
            raise Unreadable(self._fault) from error
