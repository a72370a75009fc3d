"""The form that takes a table of allocations, and what it says of each line."""

import io
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.environments.effect_rules import (
    Effect,
    LineProblem,
    Sheet,
    count_in_use,
    judge_lines,
)
from app.environments.sheet_rules import (
    MOST_BYTES,
    MOST_LINES,
    MOST_TITLES,
    Column,
    Line,
    TableFault,
    decode,
    has_head,
    read_rows,
    read_table,
    write_table,
)
from app.products.rules import product_name
from app.spreadsheets.faults import FileFault, Form, Merge, Row, Unreadable
from app.spreadsheets.process import list_tables
from app.spreadsheets.process import read_rows as read_sheets
from app.spreadsheets.signatures import is_zip
from app.web import i18n
from app.web.background import StillAtWork, in_background_of
from app.web.i18n import day, number
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, PayloadTooLarge, read_form
from app.web.table_faults import cell_message, file_message, line_message, merged_message

TABLE, FILE = "table", "file"
# The table that is shown and another file beside it, each with its frame.
MOST_FORM_BYTES = 2 * MOST_BYTES + 100_000
MOST_SUMMED_UP = 20
# Lines of a page, and entitlements that are offered for a line.
MOST_SHOWN = 100
MOST_CHOICES = 10

Seen = Mapping[tuple[UUID, UUID], int]


@dataclass(frozen=True)
class SheetForm:
    """A table as it was pasted or uploaded; an upload is shown as text from then on.

    Attributes:
        problem: why it cannot be read, as told to the person, or empty.
    """

    text: str
    lines: list[Line]
    problem: str = ""

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
            return cls._refused(data.get(TABLE), TableFault.TOO_LARGE)
        return await cls._read("", person, lambda: cls.of_file(upload.content))

    @classmethod
    async def _read(cls, text: str, person: UUID, work: Callable[[], "SheetForm"]) -> "SheetForm":
        try:
            return await in_background_of(person, work)
        except StillAtWork:
            told = _("Another table of yours is still being checked. Wait a moment and try again.")
            return cls(text, [], told)

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
        rows: list[list[Row]] = [[] for _ in tables]
        merges: list[list[Merge]] = [[] for _ in tables]
        for place, row in read_sheets(file, range(len(tables))):
            if isinstance(row, Merge):
                merges[place].append(row)
            elif len(rows[place]) <= MOST_LINES + MOST_TITLES + 1:
                rows[place].append(row)
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
        TableFault.EMPTY: _("Paste a table or choose a file. It has no line yet."),
        TableFault.TOO_LARGE: _("The table is larger than 1 MB. Divide it into several."),
        TableFault.TOO_MANY_LINES: _(
            "The table has more than %(most)s lines. Divide it into several.",
            most=number(MOST_LINES),
        ),
        TableFault.NOT_TEXT: file_message(Unreadable(FileFault.NOT_A_TABLE)),
        TableFault.MISSING_COLUMN: _(
            "The first line names the columns, but not all of them: Environment name, Product"
            " code, Quantity. Begin with the template."
        ),
    }[fault]


def column_name(column: Column) -> str:
    """How the template heads a column."""
    return {
        Column.ENVIRONMENT: _("Environment name"),
        Column.PRODUCT: _("Product code"),
        Column.COUNT: _("Quantity"),
        Column.MARK: _("Contracted product no."),
    }[column]


@dataclass(frozen=True)
class Judged:
    """A table, line by line, as a page shows a part of it.

    Attributes:
        rows: some of the effects, with their messages: the first wrong ones, or those of a page.
        first: the number of the first row, counted from 1.
        more: how many lines follow the rows.
        errors: the error summary: field or line → message.
    """

    effects: list[Effect]
    rows: list[tuple[Effect, list[str]]]
    first: int
    more: int
    errors: dict[str, str]

    @classmethod
    def of(cls, lines: Iterable[Line], sheet: Sheet, seen: Seen, first: int = 1) -> "Judged":
        """Judge lines against how things stand. Takes a while: `in_background`.

        Args:
            first: the first row that the page shows, where no line is wrong.
        """
        effects = judge_lines(lines, sheet, seen)
        wrong = [effect for effect in effects if effect.wrong]
        shown, first = (effects, first) if not wrong or len(effects) <= MOST_SHOWN else (wrong, 1)
        used = count_in_use(effects, sheet)
        rows = [(effect, _messages(effect, used)) for effect in shown[first - 1 :][:MOST_SHOWN]]
        more = max(0, len(shown) - first + 1 - len(rows))
        return cls(effects, rows, first, more, _summary(rows, len(wrong)))

    @property
    def seen(self) -> Seen:
        """What was allocated when the table was judged."""
        return {e.place: e.before for e in self.effects if e.place and e.before is not None}


def _messages(effect: Effect, used: Mapping[UUID, int]) -> list[str]:
    line = effect.line
    if line.mark is not None:
        return [line_message(line.mark)]
    told = {column: cell_message(mark) for column, mark in line.marks.items()}
    told |= {c: _message(effect, c, p, used) for c, p in effect.problems.items()}
    messages = [
        _("%(column)s: %(told)s", column=column_name(column), told=told[column])
        for column in Column
        if column in told
    ]
    if line.surplus:
        messages.append(
            _(
                "This line has more cells than the line with the names of the columns. Put a value"
                " that contains a comma into quotation marks."
            )
        )
    return messages


def _message(effect: Effect, column: Column, problem: LineProblem, used: Mapping[UUID, int]) -> str:
    product = effect.product
    if problem is LineProblem.TOO_MANY and product is not None:
        return _(
            "%(used)s of %(product)s would be in use, but only %(quantity)s are contracted.",
            used=number(used[product.id]),
            product=product_name(product),
            quantity=number(product.quantity),
        )
    if problem is LineProblem.CHANGED_MEANWHILE:
        return _(
            "somebody else changed the allocation from %(seen)s to %(here)s meanwhile. Check it"
            " and go on.",
            seen=number(effect.seen or 0),
            here=number(effect.before or 0),
        )
    choices = "; ".join(
        _(
            "%(mark)s (%(quantity)s, until %(date)s)",
            mark=each.mark,
            quantity=number(each.quantity),
            date=day(each.ends_on),
        )
        for each in effect.candidates[:MOST_CHOICES]
    )
    return _simple(problem) % {
        "written": effect.line.cells[column],
        "choices": choices or "–",
        "meant": effect.meant,
    }


def _simple(problem: LineProblem) -> str:
    return {
        LineProblem.MISSING: _("nothing is written here."),
        LineProblem.UNKNOWN_ENVIRONMENT: _(
            "no environment of this contract is called “%(written)s”."
        ),
        LineProblem.UNKNOWN_PRODUCT: _(
            "no product that this contract can use now is called “%(written)s”."
        ),
        LineProblem.AMBIGUOUS_PRODUCT: _(
            "“%(written)s” is contracted more than once. Write one of these into the column"
            " Contracted product no.: %(choices)s"
        ),
        LineProblem.UNKNOWN_MARK: _(
            "“%(written)s” is no contracted product of this line. Possible: %(choices)s"
        ),
        LineProblem.LOST_ZEROS: _(
            "“%(written)s” is unknown, but there is “%(meant)s”. Your spreadsheet program may have"
            " removed the leading zeros: format the column as text and enter the value again."
        ),
        LineProblem.NO_COUNT: _("“%(written)s” is not a whole number that can be allocated."),
        LineProblem.REPEATED: _("another line allocates the same product to this environment."),
    }[problem]


def _summary(rows: Iterable[tuple[Effect, list[str]]], count: int) -> dict[str, str]:
    """The first errors one by one, the rest by their number."""
    wrong = [(effect.line.number, messages) for effect, messages in rows if messages]
    errors = {
        f"line-{line}": _("Line %(line)s: %(told)s", line=line, told=" ".join(messages))
        for line, messages in wrong[:MOST_SUMMED_UP]
    }
    if more := wrong[MOST_SUMMED_UP:]:
        errors[f"line-{more[0][0]}"] = i18n.ngettext(
            "%(n)s more line has errors; see below.",
            "%(n)s more lines have errors; see below.",
            count - MOST_SUMMED_UP,
        )
    return errors
