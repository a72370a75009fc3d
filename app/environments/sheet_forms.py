"""The form that takes a table of allocations, and what it says of each line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.environments.effect_rules import (
    Effect,
    LineProblem,
    Sheet,
    excess,
    judge_lines,
)
from app.environments.sheet_rules import (
    MOST_BYTES,
    MOST_LINES,
    Column,
    Line,
    TableFault,
    decode,
    read_table,
)
from app.products.rules import product_name
from app.web import i18n
from app.web.i18n import day, number
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, PayloadTooLarge, read_form

TABLE, FILE = "table", "file"
# The table that is shown and another file beside it, each with its frame.
MOST_FORM_BYTES = 2 * MOST_BYTES + 100_000
MOST_SUMMED_UP = 20

Seen = Mapping[tuple[UUID, UUID], int]


@dataclass(frozen=True)
class SheetForm:
    """A table as it was pasted or uploaded; an upload is shown as text from then on."""

    text: str
    lines: list[Line]
    fault: TableFault | None

    @classmethod
    async def read(cls, request: PageRequest) -> "SheetForm":
        """Read what was sent.

        Raises:
            ClientException: the form is broken.
        """
        try:
            data = await read_form(request, limit=MOST_FORM_BYTES)
        except PayloadTooLarge:
            return cls("", [], TableFault.TOO_LARGE)
        upload = data.uploads.get(FILE)
        if upload is None or not (upload.name or upload.content):
            return cls.of(data.get(TABLE))
        if len(upload.content) > MOST_BYTES:
            return cls(data.get(TABLE), [], TableFault.TOO_LARGE)
        text = decode(upload.content)
        return cls.of(text) if text is not None else cls("", [], TableFault.NOT_TEXT)

    @classmethod
    def of(cls, text: str) -> "SheetForm":
        """Read a table that is text already."""
        if len(text.encode()) > MOST_BYTES:
            return cls(text, [], TableFault.TOO_LARGE)
        read = read_table(text)
        return cls(text, [], read) if isinstance(read, TableFault) else cls(text, read, None)


def fault_message(fault: TableFault) -> str:
    """Why a table cannot be read, and what to do."""
    return {
        TableFault.EMPTY: _("Paste a table or choose a file. It has no line yet."),
        TableFault.TOO_LARGE: _("The table is larger than 1 MB. Divide it into several."),
        TableFault.TOO_MANY_LINES: _(
            "The table has more than %(most)s lines. Divide it into several.",
            most=number(MOST_LINES),
        ),
        TableFault.NOT_TEXT: _(
            "This file is not text. In your spreadsheet program, save the table as “CSV UTF-8”."
        ),
        TableFault.NOT_A_TABLE: _(
            "This is not a table with commas or tabs. Begin with the template."
        ),
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
    """A table, line by line, as a page shows it.

    Attributes:
        rows: each effect with its messages.
        errors: the error summary: field or line → message.
    """

    effects: list[Effect]
    rows: list[tuple[Effect, list[str]]]
    errors: dict[str, str]

    @classmethod
    def of(cls, lines: Iterable[Line], sheet: Sheet, seen: Seen) -> "Judged":
        """Judge lines against how things stand."""
        effects = judge_lines(lines, sheet, seen)
        used = {p.id: excess(effects, sheet, p) for p in sheet.products}
        rows = [(effect, _messages(effect, used)) for effect in effects]
        return cls(effects, rows, _summary(rows))

    @property
    def seen(self) -> Seen:
        """What was allocated when the table was judged."""
        return {e.place: e.before for e in self.effects if e.place and e.before is not None}


def _messages(effect: Effect, used: Mapping[UUID, int]) -> list[str]:
    return [
        _("%(column)s: %(told)s", column=column_name(c), told=_message(effect, c, p, used))
        for c, p in effect.problems.items()
    ]


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
        for each in effect.candidates
    )
    return _simple(problem) % {"written": effect.line.cells[column], "choices": choices or "–"}


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
        LineProblem.NO_COUNT: _("“%(written)s” is not a whole number that can be allocated."),
        LineProblem.REPEATED: _("another line allocates the same product to this environment."),
    }[problem]


def _summary(rows: Iterable[tuple[Effect, list[str]]]) -> dict[str, str]:
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
            len(more),
        )
    return errors
