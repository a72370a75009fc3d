"""What the lines of a table would do, checked against a plain count."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.environments.effect_rules import Cell, LineProblem, Sheet, SheetProduct, judge_lines
from app.environments.sheet_rules import Column, Line

ENVIRONMENTS = {UUID(int=n): f"環境{n}" for n in range(1, 5)}
PRODUCTS = [UUID(int=n << 8 | 1) for n in range(1, 4)]


def product(id: UUID, code: str, quantity: int, in_use: int) -> SheetProduct:
    """A contracted product."""
    return SheetProduct(
        id, code, f"製品{code}", f"Product {code}", "users", quantity, date(2027, 3, 31), in_use
    )


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """How things stand: never more in use than contracted. Two products have one code."""
    cells = {}
    products = []
    for id, code in zip(PRODUCTS, ("A", "B", "B"), strict=True):
        used = 0
        for environment in ENVIRONMENTS:
            cell = Cell(draw(st.integers(0, 5)), draw(st.integers(0, 5)))
            cells[environment, id] = cell
            used += cell.in_use
        products.append(product(id, code, used + draw(st.integers(0, 5)), used))
    return Sheet(ENVIRONMENTS, products, cells)


def line(number: int, *values: str) -> Line:
    """A line of a table."""
    return Line(number, dict(zip(Column, values, strict=True)))


@given(sheets(), st.data())
def test_a_table_without_problems_fits_and_one_with_too_many_does_not(
    sheet: Sheet, data: st.DataObject
) -> None:
    wanted = data.draw(
        st.dictionaries(
            st.tuples(st.sampled_from(sorted(ENVIRONMENTS)), st.sampled_from(PRODUCTS)),
            st.integers(0, 12),
            max_size=12,
        )
    )
    marks = {p.id: p.mark for p in sheet.products}
    lines = [
        line(n, ENVIRONMENTS[e], "", str(count), marks[p])
        for n, ((e, p), count) in enumerate(wanted.items(), 1)
    ]
    effects = judge_lines(lines, sheet, {})
    for each in sheet.products:
        used = sum(
            max(wanted.get((e, each.id), sheet.cell(e, each.id).here), sheet.cell(e, each.id).held)
            for e in ENVIRONMENTS
        )
        told = any(
            LineProblem.TOO_MANY in f.problems.values() for f in effects if f.product == each
        )
        assert told == (used > each.quantity)


@given(sheets())
def test_every_obstacle_is_told_at_once(sheet: Sheet) -> None:
    lines = [
        line(1, "", "", "", ""),
        line(2, "ない", "Z", "x", ""),
        line(3, "環境1", "B", "1", ""),
        line(4, "環境1", "A", "1", sheet.products[1].mark),
        line(5, "環境1", "A", "1000000001", ""),
        line(6, "環境1", "A", "0", ""),
        line(7, "環境２", "製品Ａ", "０", ""),
        line(8, "'環境3", "product a", "0", ""),
    ]
    effects = judge_lines(lines, sheet, {(UUID(int=2), PRODUCTS[0]): 99})
    problems = [list(effect.problems.values()) for effect in effects]
    assert problems == [
        [LineProblem.MISSING] * 3,
        [LineProblem.UNKNOWN_ENVIRONMENT, LineProblem.UNKNOWN_PRODUCT, LineProblem.NO_COUNT],
        [LineProblem.AMBIGUOUS_PRODUCT],
        [LineProblem.UNKNOWN_MARK],
        [LineProblem.NO_COUNT],
        [LineProblem.REPEATED],
        [LineProblem.VERSION_CONFLICT],
        [],
    ]
    assert [each.mark for each in effects[2].candidates] == [p.mark for p in sheet.products[1:]]


@given(sheets(), st.lists(st.tuples(*[st.text(max_size=8)] * 4), max_size=8))
def test_no_line_is_too_odd_to_be_judged(sheet: Sheet, rows: list[tuple[str, ...]]) -> None:
    lines = [line(n, *row) for n, row in enumerate(rows, 1)]
    assert len(judge_lines(lines, sheet, {})) == len(rows)
