"""Sheets of an Excel workbook, row by row, whatever it says of their size."""

import zipfile
from collections.abc import Iterator, Sequence

from app.spreadsheets.faults import FileFault, Merge, Row, Table, Unreadable
from app.spreadsheets.package import Contents, Package, main_part
from app.spreadsheets.sheet_rows import Book, SheetReader
from app.spreadsheets.styles import Styles, Texts
from app.spreadsheets.xml_parts import Handler, parse, parse_whole


class Workbook:
    """A workbook whose parts are in an open ZIP."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._package = Package(archive)
        main = main_part(self._package)
        if main.lower().endswith(".bin"):
            raise Unreadable(FileFault.BINARY_EXCEL)
        relations = self._package.relations(main)
        self._contents = Contents(relations)
        with self._package.open(main) as part:
            parse_whole(part, self._contents)
        self._parts = dict(relations.values())

    @property
    def tables(self) -> list[Table]:
        """The sheets with cells, in their order."""
        return [Table(sheet.name, sheet.hidden) for sheet in self._contents.sheets]

    def rows(self, wanted: Sequence[int]) -> Iterator[tuple[int, Row | Merge]]:
        """What stands in the sheets of these places: each sheet's rows, then its merged cells."""
        texts, styles, contents = Texts(), Styles(), self._contents
        self._read("styles", styles)
        self._read("sharedStrings", texts)
        book = Book(texts, styles, contents.from_1904, contents.uncalculated)
        for place in wanted:
            reader = SheetReader(book)
            with self._package.open(contents.sheets[place].part) as part:
                for _ in parse(part, reader):
                    yield from ((place, row) for row in reader.rows)
                    reader.rows.clear()
            yield from ((place, merge) for merge in reader.merges)

    def _read(self, kind: str, handler: Handler) -> None:
        if self._parts.get(kind, "") in self._package:
            with self._package.open(self._parts[kind]) as part:
                parse_whole(part, handler)
