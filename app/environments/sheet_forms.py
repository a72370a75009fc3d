"""The form that takes a table of allocations, and what it says of each line."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from app.environments.sheet_rules import (
    MOST_BYTES,
    MOST_LINES,
    MOST_TITLES,
    Line,
    TableFault,
    decode,
    has_head,
    read_rows,
    read_table,
    write_table,
)
from app.spreadsheets.faults import FileFault, Form, Merge, Row, Unreadable
from app.spreadsheets.process import list_tables
from app.spreadsheets.process import read_rows as read_sheets
from app.spreadsheets.signatures import is_zip
from app.web.background import StillAtWork, in_background_of
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.requests import PageRequest, PayloadTooLarge, read_form
from app.web.table_faults import file_message, merged_message

TABLE, FILE = "table", "file"
# The table that is shown and another file beside it, each with its frame.
MOST_FORM_BYTES = 2 * MOST_BYTES + 100_000
# Of all sheets of a workbook together.
MOST_CHARACTERS = 4 * MOST_BYTES


@dataclass(frozen=True)
class SheetForm:
    """A table as it was pasted or uploaded; an upload is shown as text from then on.

    Attributes:
        problem: why it cannot be read, in the person's words, or empty.
        file: the name of the file that was uploaded.

    Takes: table: text with commas, semicolons or tabs, or a file (XLSX or CSV, as an import
      file), ≤ 1 MB, ≤ 5,000 lines; columns environment, product, quantity, contracted product
      no.
    Rules: each line once; names known; as `AllocationForm`; all or nothing
    """

    text: str
    lines: list[Line]
    problem: str = ""
    file: str = ""

    @property
    def errors(self) -> dict[str, str]:
        """Return the problem at the field that it came from."""
        if self.file:
            return {FILE: _("“%(file)s”: %(problem)s", file=self.file, problem=self.problem)}
        return {TABLE: self.problem}

    @classmethod
    async def read(cls, request: PageRequest, person: UUID) -> "SheetForm":
        """Read what was sent, beside the pages of others.

        Raises:
            ClientException: the form is broken.
        """
        try:
            data = await read_form(request, limit=MOST_FORM_BYTES)
        except PayloadTooLarge:
            return cls._refused("", TableFault.TOO_LARGE)
        upload = data.uploads.get(FILE)
        if upload is None or not (upload.name or upload.content):
            return await cls._read(data.get(TABLE), person, lambda: cls.of(data.get(TABLE)))
        if len(upload.content) > MOST_BYTES:
            read = cls._refused("", TableFault.TOO_LARGE)
        else:
            read = await cls._read("", person, lambda: cls.of_file(upload.content))
        # Beside a file that cannot be read, what was typed stays.
        text = read.text or (data.get(TABLE) if read.problem else "")
        return replace(read, text=text, file=upload.name)

    @classmethod
    async def _read(cls, text: str, person: UUID, work: Callable[[], "SheetForm"]) -> "SheetForm":
        try:
            return await in_background_of(person, work)
        except StillAtWork:
            message = _(
                "The portal is still checking another table that you sent. Wait a moment and try"
                " again."
            )
            return cls(text, [], message)

    @classmethod
    def of(cls, text: str) -> "SheetForm":
        """Read a table that is text already."""
        if len(text.encode()) > MOST_BYTES:
            return cls._refused(text, TableFault.TOO_LARGE)
        read = read_table(text)
        return cls._refused(text, read) if isinstance(read, TableFault) else cls(text, read)

    @classmethod
    def of_file(cls, content: bytes) -> "SheetForm":
        """Read a file: a workbook, or text in any encoding."""
        try:
            if is_zip(io.BytesIO(content)):
                return cls._of_workbook(content)
        except Unreadable as error:
            return cls("", [], file_message(error))
        text = decode(content)
        return cls._refused("", TableFault.NOT_TEXT) if text is None else cls.of(text)

    @classmethod
    def _of_workbook(cls, content: bytes) -> "SheetForm":
        rows, merges = _only_table(content)
        read = read_rows(rows)
        if isinstance(read, TableFault):
            return cls._refused("", read)
        text = write_table(read)
        if len(text.encode()) > MOST_BYTES:
            return cls._refused("", TableFault.TOO_LARGE)
        merged = [merge.place for merge in merges if merge.last_row >= read[0].number]
        return cls(text, read, merged_message(merged[0]) if merged else "")

    @classmethod
    def _refused(cls, text: str, fault: TableFault) -> "SheetForm":
        return cls(text, [], fault_message(fault))


def _only_table(content: bytes) -> tuple[list[Row], list[Merge]]:
    """The rows and merged cells of the one sheet of a workbook that has a table.

    Raises:
        Unreadable: it is no workbook, or more than one sheet could be meant.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        form, tables = list_tables(file, "")
        if form is not Form.WORKBOOK:
            raise Unreadable(FileFault.NOT_A_TABLE)
        size = 0
        rows: list[list[Row]] = [[] for _ in tables]
        merges: list[list[Merge]] = [[] for _ in tables]
        for place, row in read_sheets(file, range(len(tables))):
            if isinstance(row, Merge):
                merges[place].append(row)
            elif len(rows[place]) <= MOST_LINES + MOST_TITLES + 1:
                rows[place].append(row)
                size += sum(map(len, row.cells))
                if size > MOST_CHARACTERS:
                    raise Unreadable(FileFault.TOO_LARGE)
    meant = [at for at, each in enumerate(rows) if each and has_head(each)] or [
        at for at, each in enumerate(rows) if each and not tables[at].hidden
    ]
    if len(meant) > 1:
        names = ", ".join(tables[at].name for at in meant)
        raise Unreadable(FileFault.SEVERAL_TABLES, names)
    return (rows[meant[0]], merges[meant[0]]) if meant else ([], [])


def fault_message(fault: TableFault) -> str:
    """Why a table cannot be read, and what to do."""
    return {
        TableFault.EMPTY: _("Paste a table or select a file. The table is empty."),
        TableFault.TOO_LARGE: _("The table is larger than 1 MB. Split it into several tables."),
        TableFault.TOO_MANY_LINES: _(
            "The table has more than %(most)s lines. Split it into several tables.",
            most=number(MOST_LINES),
        ),
        TableFault.NOT_TEXT: file_message(Unreadable(FileFault.NOT_A_TABLE)),
        TableFault.MISSING_COLUMN: _(
            "The first line must contain all of these column names: Environment name, Product"
            " code, Quantity. Start with the template."
        ),
    }[fault]
