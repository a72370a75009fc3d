"""Rows of a table become lines, or faults with line and column: none is passed over."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.line_rules import Line, Lines, letters
from app.imports.rules import COLUMNS, OPTIONAL, Fault, Kind
from app.spreadsheets.faults import CellMark, LineMark, Merge, Row
from app.web import i18n

HEAD = [name for name in COLUMNS[Kind.COMPANIES] if name not in OPTIONAL]


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.language.set("en")


def taken(*rows: Row | Merge | Sequence[str], kind: Kind = Kind.COMPANIES) -> list[Line | Fault]:
    """What comes of these rows."""
    lines = Lines(kind)
    found: list[Line | Fault] = []
    for number, row in enumerate(rows, 1):
        found += lines.take(row if isinstance(row, Row | Merge) else Row(number, list(row)))
    return found + list(lines.end())


def faults(found: Sequence[Line | Fault]) -> list[tuple[int, str]]:
    """Where the faults are; there is nothing else."""
    assert all(isinstance(each, Fault) for each in found), found
    return [(each.line, each.column) for each in found if isinstance(each, Fault)]


def test_columns_are_found_in_any_order_width_and_case() -> None:
    [line] = taken(["Reading", "\u200bＮＡＭＥ ", "corporate\ngroup"], ["シケン", "試験"])
    assert isinstance(line, Line)
    assert line.cells == {
        **{"name": "試験", "reading": "シケン", "corporate_group": ""},
        "external_id": "",
    }


def test_titles_may_stand_above_the_names_of_the_columns() -> None:
    [line] = taken(["会社の一覧"], ["", "2026年度"], HEAD, ["試験", "シケン"])
    cells = {**dict.fromkeys(COLUMNS[Kind.COMPANIES], ""), "name": "試験", "reading": "シケン"}
    assert line == Line(Kind.COMPANIES, 4, cells)


def test_a_line_above_the_names_of_the_columns_is_told() -> None:
    assert taken(["試験", "シケン"], HEAD) == [
        Fault(
            "companies",
            1,
            "",
            "This line is above the column names. Move it below them.",
        )
    ]


def test_without_names_of_columns_each_one_is_told_as_missing() -> None:
    found = faults(taken(["試験", "シケン", "グループ"]))
    assert [(1, name) for name in HEAD] == found[:3]
    many = [["a", "b"]] * 30
    assert {line for line, _ in faults(taken(*many))} == {1}


def test_values_without_a_column_are_told_and_empty_ones_are_not() -> None:
    assert faults(taken(HEAD, ["a", "b", "c", "x"])) == [(2, "D")]
    assert faults(taken([*HEAD, "", "x"], ["a"])) == [(1, "x")]
    assert isinstance(taken([*HEAD, ""], ["a", "b", "c", " "])[0], Line)


@pytest.mark.parametrize("mark", [CellMark.FORMULA, CellMark.EMPTY_FORMULA, CellMark.ERROR])
def test_an_optional_cell_with_a_formula_is_never_taken_for_empty(mark: CellMark) -> None:
    """An empty contract makes a license key valid for any contract."""
    head = list(COLUMNS[Kind.LICENSE_KEYS])
    row = Row(2, ["A-1", "P", "1", "2027/04/01", "2028/03/31", ""], {5: mark})
    assert faults(taken(head, row, kind=Kind.LICENSE_KEYS)) == [(2, "contract")]


def test_merged_cells_among_the_lines_are_told_and_in_titles_are_not() -> None:
    head = list(COLUMNS[Kind.LICENSE_KEYS])
    row = Row(3, ["A-1", "P", "1", "2027/04/01", "2028/03/31", "D-1"])
    found = taken(
        ["title"], head, row, Merge("A1:F1", 1, 0), Merge("F3:F4", 4, 5), kind=Kind.LICENSE_KEYS
    )
    assert isinstance(found[0], Line) and faults(found[1:]) == [(4, "contract")]


def test_numbers_are_plain_where_a_number_is_wanted_and_as_shown_elsewhere() -> None:
    head = list(COLUMNS[Kind.ENTITLEMENTS])
    marks = {0: CellMark.NUMBER, 2: CellMark.NUMBER}
    row = Row(2, ["00123", "P", "10台", "", ""], marks, {0: "123", 2: "10"})
    [line] = taken(head, row, kind=Kind.ENTITLEMENTS)
    assert isinstance(line, Line)
    assert line.cells["contract"] == "00123" and line.cells["quantity"] == "10"


def test_a_day_is_taken_in_a_column_of_days_only() -> None:
    """A code such as 1-2 becomes the second of January as soon as somebody types it."""
    head = list(COLUMNS[Kind.ENTITLEMENTS])
    cells = ["2027/01/02", "P", "1", "2027/04/01", "2028/03/31"]
    days = dict.fromkeys((3, 4), CellMark.DAY)
    assert isinstance(taken(head, Row(2, cells, days), kind=Kind.ENTITLEMENTS)[0], Line)
    row = Row(2, cells, {0: CellMark.DAY, **days})
    assert faults(taken(head, row, kind=Kind.ENTITLEMENTS)) == [(2, "contract")]


def test_a_shortened_number_is_told_in_every_column() -> None:
    assert faults(taken(HEAD, Row(2, ["1.2E+18", "a"], {0: CellMark.SHORTENED}))) == [(2, "name")]


def test_a_telephone_that_is_a_number_has_lost_its_zero() -> None:
    head = list(COLUMNS[Kind.CONTRACTS])
    row = Row(2, [*["x"] * 9, "300000100"], {9: CellMark.NUMBER}, {9: "300000100"})
    assert faults(taken(head, row, kind=Kind.CONTRACTS)) == [(2, "sales_phone")]


@pytest.mark.parametrize("mark", list(LineMark))
def test_a_line_that_cannot_be_read_is_told(mark: LineMark) -> None:
    assert faults(taken(HEAD, Row(2, [], mark=mark))) == [(2, "")]
    assert faults(taken(Row(1, [], mark=mark), HEAD)) == [(1, "")]


def test_columns_are_called_as_spreadsheet_programs_do() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["", " ", "a", *HEAD]), min_size=1, max_size=5),
            st.dictionaries(st.integers(0, 4), st.sampled_from(CellMark), max_size=2),
            st.none() | st.sampled_from(LineMark),
        ),
        max_size=20,
    )
)
def test_every_row_below_the_head_is_a_line_or_a_fault(
    table: list[tuple[list[str], dict[int, CellMark], LineMark | None]],
) -> None:
    rows = [
        Row(number, [] if mark else cells, {} if mark else marks, {}, mark)
        for number, (cells, marks, mark) in enumerate(table, 2)
    ]
    found = taken(HEAD, *rows)
    told = {each.number if isinstance(each, Line) else each.line for each in found}
    assert told == {row.number for row in rows}
    lines = [each.number for each in found if isinstance(each, Line)]
    assert len(lines) == len(set(lines))
    assert not set(lines) & {each.line for each in found if isinstance(each, Fault)}
