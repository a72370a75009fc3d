"""What a page says of a table of allocations: each line's effect, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.environments.effect_rules import (
    Effect,
    LineProblem,
    Sheet,
    count_in_use,
    judge_lines,
)
from app.environments.sheet_rules import Column, Line
from app.products.rules import product_name
from app.web import i18n
from app.web.i18n import day, number
from app.web.i18n import gettext as _
from app.web.table_faults import cell_message, line_message

MOST_SUMMED_UP = 20
# Lines of a page, and entitlements that are offered for a line.
MOST_SHOWN = 100
MOST_CHOICES = 10

Seen = Mapping[tuple[UUID, UUID], int]


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
    problems = {column: cell_message(mark) for column, mark in line.marks.items()}
    problems |= {c: _message(effect, c, p, used) for c, p in effect.problems.items()}
    messages = [
        _("%(column)s: %(problem)s", column=column_name(column), problem=problems[column])
        for column in Column
        if column in problems
    ]
    if line.surplus:
        messages.append(
            _(
                "This line has more cells than the line with the column names. Enclose values"
                " that contain commas in quotation marks."
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
    if problem is LineProblem.VERSION_CONFLICT:
        return _(
            "someone else changed the allocation from %(seen)s to %(here)s. Check it and"
            " submit again.",
            seen=number(effect.seen or 0),
            here=number(effect.before or 0),
        )
    choices = "; ".join(
        _(
            "%(mark)s (%(quantity)s, through %(date)s)",
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
        LineProblem.MISSING: _("enter a value."),
        LineProblem.UNKNOWN_ENVIRONMENT: _("this contract has no environment named “%(written)s”."),
        LineProblem.UNKNOWN_PRODUCT: _("this contract has no usable product named “%(written)s”."),
        LineProblem.AMBIGUOUS_PRODUCT: _(
            "“%(written)s” is contracted more than once. Enter one of these in the column"
            " Contracted product no.: %(choices)s"
        ),
        LineProblem.UNKNOWN_MARK: _(
            "“%(written)s” is not a contracted product number for this line. Valid numbers:"
            " %(choices)s"
        ),
        LineProblem.LOST_ZEROS: _(
            "“%(written)s” is unknown, but “%(meant)s” exists. Your spreadsheet program may"
            " have removed the leading zeros. Format the column as text and enter the value"
            " again."
        ),
        LineProblem.NO_COUNT: _("“%(written)s” is not a whole number that you can allocate."),
        LineProblem.REPEATED: _("another line allocates the same product to this environment."),
    }[problem]


def _summary(rows: Iterable[tuple[Effect, list[str]]], count: int) -> dict[str, str]:
    """The first errors one by one, the rest by their number."""
    wrong = [(effect.line.number, messages) for effect, messages in rows if messages]
    errors = {
        f"line-{line}": _("Line %(line)s: %(problem)s", line=line, problem=" ".join(messages))
        for line, messages in wrong[:MOST_SUMMED_UP]
    }
    if more := wrong[MOST_SUMMED_UP:]:
        errors[f"line-{more[0][0]}"] = i18n.ngettext(
            "%(n)s more line has errors; see below.",
            "%(n)s more lines have errors; see below.",
            count - MOST_SUMMED_UP,
        )
    return errors
