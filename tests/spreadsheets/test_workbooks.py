"""Workbooks of any program are read as the person sees them."""

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from app.characters import composed
from app.spreadsheets.faults import CellMark, FileFault, LineMark, Merge, Row, Unreadable
from app.spreadsheets.process import list_tables, read_rows
from app.spreadsheets.reading import Document
from tests.spreadsheets.books import MAIN, archive, book, cells, read, sheet, styles, text_cell

FILES = Path(__file__).parent / "files"


def only_row(cell: str, **more: str) -> Row:
    """The one line of a sheet with this cell."""
    kinds = ("styles", "sharedStrings")
    parts: dict[str, str] = {kind: more.pop(kind) for kind in kinds if kind in more}
    [row] = read(book({"a": sheet(f"<row>{cell}</row>")}, parts=parts, **more))
    assert isinstance(row, Row)
    return row


@pytest.mark.parametrize(
    "before", ["", '<dimension ref="A1:B1"/>', '<dimension ref="A1:ZZ999999"/>']
)
def test_rows_are_read_whatever_the_dimension_says(before: str) -> None:
    content = book({"a": sheet(["x", "y"], ["1", "2"], ["3", "4"], before=before)})
    assert cells(content) == [["x", "y"], ["1", "2"], ["3", "4"]]


def test_rows_and_cells_without_places_follow_each_other() -> None:
    rows = '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>'
    content = book({"a": sheet(rows, "<row/>", '<row r="7"><c r="C7"><v>5</v></c></row>', rows)})
    read_rows_ = read(content)
    assert [(row.number, row.cells) for row in read_rows_ if isinstance(row, Row)] == [
        (1, ["a", "b"]),
        (7, ["", "", "5"]),
        (8, ["a", "b"]),
    ]


def test_two_cells_in_one_place_are_a_damaged_workbook() -> None:
    with pytest.raises(Unreadable) as caught:
        read(book({"a": sheet(f"<row>{text_cell('A1', 'x')}{text_cell('A1', 'y')}</row>")}))
    assert caught.value.fault is FileFault.BROKEN_WORKBOOK


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="3"/><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row><c r="A2"><v>1</v></c><c r="B3"><v>1</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
    ],
)
def test_rows_whose_place_is_in_doubt_are_a_damaged_workbook(rows: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(book({"a": sheet(rows)}))
    assert caught.value.fault is FileFault.BROKEN_WORKBOOK


def test_a_row_without_a_number_stands_where_its_cells_say() -> None:
    rows = f"<row>{text_cell('A1', 'x')}</row><row>{text_cell('A5', 'y')}</row><row><c t='str'>"
    found = read(book({"a": sheet(f"{rows}<v>z</v></c></row>")}))
    assert [row.number for row in found if isinstance(row, Row)] == [1, 5, 6]


def test_a_sheet_whose_part_is_not_named_is_not_passed_over() -> None:
    whole = book({"a": sheet(["x"]), "b": sheet(["y"])})
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    relations = parts["xl/_rels/workbook.xml.rels"]
    charts = relations.replace(b'worksheet" Target="worksheets/s2', b'chartsheet" Target="s2')
    named = archive({**parts, "xl/_rels/workbook.xml.rels": charts})
    assert [table.name for table in Document(io.BytesIO(named)).tables()] == ["a"]
    unnamed = archive({**parts, "xl/_rels/workbook.xml.rels": relations.replace(b'"r2"', b'"r9"')})
    with pytest.raises(Unreadable) as caught:
        Document(io.BytesIO(unnamed))
    assert caught.value.fault is FileFault.BROKEN_WORKBOOK


def test_no_lines_are_asked_for_and_none_come() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(book({}))
        assert list_tables(file, "a.xlsx")[1] == []
        assert list(read_rows(file, [])) == []


def test_shared_and_rich_texts_have_no_furigana() -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><r><t>試験</t></r><r><rPr/><t>商事</t></r>'
        '<rPh sb="0" eb="2"><t>シケン</t></rPh><phoneticPr fontId="1"/></si>'
        "<si><t>a_x000D__x005F_x000D_</t></si></sst>"
    )
    row = only_row('<c t="s"><v>0</v></c><c t="s"><v>1</v></c>', sharedStrings=shared)
    assert row.cells == ["試験商事", "a\r_x000D_"]
    with pytest.raises(Unreadable):
        only_row('<c t="s"><v>2</v></c>', sharedStrings=shared)


def test_texts_are_composed_and_variant_kanji_stay() -> None:
    row = only_row(text_cell("A1", "カ\u3099\ufa19\ufa1b葛\U000e0100"))
    assert row.cells == ["ガ\ufa19\ufa1b葛\U000e0100"]


@pytest.mark.parametrize(
    ("cell", "text", "mark"),
    [
        ("<c><f>A9</f></c>", "", CellMark.FORMULA),
        ("<c><f>A9</f><v></v></c>", "", CellMark.FORMULA),
        ('<c t="str"><f>A9</f><v></v></c>', "", CellMark.EMPTY_FORMULA),
        ('<c t="str"><f>A9</f><v>x</v></c>', "x", None),
        ("<c><f>A9</f><v>5</v></c>", "5", CellMark.NUMBER),
        ('<c t="e"><f>A9</f><v>#N/A</v></c>', "#N/A", CellMark.ERROR),
        ('<c t="str"><v>#REF!</v></c>', "#REF!", CellMark.ERROR),
        ('<c t="inlineStr"><is><t>######</t></is></c>', "######", CellMark.ERROR),
        ('<c t="b"><v>1</v></c>', "TRUE", None),
        ("<c><v>5.0</v></c>", "5", CellMark.NUMBER),
        ("<c><v>1E+3</v></c>", "1000", CellMark.NUMBER),
        ("<c><v>0.30000000000000004</v></c>", "0.3", CellMark.NUMBER),
    ],
)
def test_a_cell_without_a_value_of_its_own_is_marked(
    cell: str, text: str, mark: CellMark | None
) -> None:
    row = only_row(f'{cell}<c t="str"><v>beside</v></c>')
    assert (row.cells[0], row.marks.get(0)) == (text, mark)


def test_a_nought_that_no_program_has_calculated_is_no_result() -> None:
    uncalculated = '<calcPr fullCalcOnLoad="1"/>'
    row = only_row("<c><f>A9</f><v>0</v></c>", calculation=uncalculated)
    assert row.marks == {0: CellMark.FORMULA}
    assert only_row("<c><f>A9</f><v>0</v></c>").cells == ["0"]


def test_a_row_of_formulas_that_show_nothing_is_blank() -> None:
    formulas = '<row r="2"><c t="str"><f>A9</f><v></v></c></row>'
    assert cells(book({"a": sheet(["x"], formulas)})) == [["x"]]


@pytest.mark.parametrize(
    "number", [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, *range(50, 59)]
)
def test_builtin_formats_of_days_show_days(number: int) -> None:
    row = only_row('<c s="0"><v>46478</v></c>', styles=styles([number]))
    assert row.cells == ["2027/04/01"] and row.marks == {0: CellMark.DAY}


@pytest.mark.parametrize(
    "code",
    [
        '[$-411]ggge"年"m"月"d"日";@',
        "[$-411]ge.m.d;@",
        'yyyy"年"m"月"d"日";@',
        "yyyy/m/d;@",
        "d-mmm-yy",
        "[$-F800]dddd, mmmm dd, yyyy",
        "[Red]yyyy\\-mm\\-dd",
        "m月",
        "[$-ja-JP-x-gannen]ggge年m月d日",
    ],
)
def test_format_codes_of_days_show_days(code: str) -> None:
    assert only_row('<c s="0"><v>46478</v></c>', styles=styles([code])).cells == ["2027/04/01"]


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("General", "46478", "46478"),
        ("G/標準", "46478", "46478"),
        ("Standard", "46478", "46478"),
        ("@", "123", "123"),
        ("00000", "123", "00123"),
        ('"D-"0000', "7", "D-0007"),
        ("000-0000", "1234567", "123-4567"),
        ("#,##0", "1234567", "1234567"),
        ('#,##0"台"', "5", "5"),
        ("0.00E+00", "5", "5"),
        ("[Red]0", "5", "5"),
        (9, "0.5", "50%"),
        ("0.0%", "0.125", "12.5%"),
        ("yyyy/mm/dd hh:mm", "46478.5", "2027/04/01 12:00:00"),
        ("yyyy/mm/dd hh:mm", "46478", "2027/04/01"),
        ("yyyy/mm/dd", "46478.75", "2027/04/01"),
        ("h:mm", "0.5", "12:00:00"),
        ("yyyy/mm/dd", "60", "1900/02/28"),
        ("yyyy/mm/dd", "59", "1900/02/28"),
        ("yyyy/mm/dd", "61", "1900/03/01"),
    ],
)
def test_numbers_look_as_their_format_shows_them(code: int | str, value: str, text: str) -> None:
    assert only_row(f'<c s="0"><v>{value}</v></c>', styles=styles([code])).cells == [text]


def test_a_number_keeps_its_plain_value_beside_its_picture() -> None:
    row = only_row('<c s="0"><v>10</v></c>', styles=styles(['0"台"']))
    assert row.cells == ["10台"] and row.plain == {0: "10"}


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("<c><v>1234567890123456789</v></c>", CellMark.SHORTENED),
        ("<c><v>1.23456789012346E+18</v></c>", CellMark.SHORTENED),
        ('<c s="0"><v>1234567890123456789</v></c>', CellMark.SHORTENED),
        ("<c t='str'><v>1.23457E+18</v></c>", CellMark.SHORTENED),
        ("<c><v>123456789012345</v></c>", CellMark.NUMBER),
        ("<c><v>1E+05</v></c>", CellMark.NUMBER),
        ("<c t='str'><v>LE+05</v></c>", None),
    ],
)
def test_a_number_whose_last_digits_are_lost_is_marked(cell: str, mark: CellMark | None) -> None:
    assert only_row(cell, styles=styles(["0000000000000000000"])).marks.get(0) is mark


def test_a_text_beside_another_value_of_its_cell_is_what_counts() -> None:
    both = '<c t="inlineStr"><v>0</v><is><t>x</t></is></c>'
    assert only_row(both).cells == ["x"]


def test_a_day_that_no_program_shows_is_an_error() -> None:
    row = only_row('<c s="0"><v>-1</v></c>', styles=styles([14]))
    assert row.marks == {0: CellMark.ERROR}


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    for said in ("1", "true"):
        row = only_row(
            '<c s="0"><v>45016</v></c>',
            styles=styles([14]),
            properties=f'<workbookPr date1904="{said}"/>',
        )
        assert row.cells == ["2027/04/01"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2027-04-01", "2027/04/01"),
        ("2027-04-01T00:00:00.000Z", "2027/04/01"),
        ("2027-04-01T09:30:00", "2027/04/01 09:30:00"),
    ],
)
def test_days_in_the_form_of_iso_are_read(value: str, text: str) -> None:
    assert only_row(f'<c t="d"><v>{value}</v></c>').cells == [text]


def test_prefixes_of_elements_do_not_count() -> None:
    prefixed = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr">'
        "<x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert cells(book({"a": prefixed})) == [["a"]]


def test_merged_cells_are_told() -> None:
    merged = '<mergeCells><mergeCell ref="B2:B4"/></mergeCells>'
    found = read(book({"a": sheet(["x"], after=merged)}))
    assert found[1:] == [Merge("B2:B4", 4, 1)]


def test_values_far_to_the_right_are_told_and_empty_cells_are_not() -> None:
    far = "<row><c t='str'><v>a</v></c>{}</row>"
    [row] = read(book({"a": sheet(far.format("<c r='XFD1' t='str'><v>b</v></c>"))}))
    assert isinstance(row, Row) and row.mark is LineMark.TOO_WIDE
    assert cells(book({"a": sheet(far.format("<c r='XFD1'/>"))})) == [["a"]]


def test_parts_are_found_with_any_slash_and_case(tmp_path: Path) -> None:
    usual = tmp_path / "a.xlsx"
    usual.write_bytes(book({"a": sheet(["x"])}))
    with zipfile.ZipFile(usual) as opened:
        odd = {
            n.replace("/", "\\").replace("sheets/s", "Sheets/%73"): opened.read(n)
            for n in opened.namelist()
        }
    assert cells(archive(odd)) == [["x"]]


@pytest.mark.parametrize("file", sorted(FILES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_no_line_of_a_sample_is_lost(file: Path) -> None:
    """Lines in the file's XML that hold a text are lines that are read."""
    with file.open("rb") as opened, zipfile.ZipFile(file) as parts:
        _, tables = list_tables(opened, file.name)
        rows = list(read_rows(opened, range(len(tables))))
        names = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        written = sum(parts.read(name).count(b"</row>") for name in names)
    assert len(rows) == written


SHOWN = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(SHOWN, min_size=1, max_size=5), min_size=1, max_size=8))
def test_no_line_that_a_library_writes_is_lost(table: list[list[str]]) -> None:
    """Every line comes back with its number and its texts; only blank ones do not."""
    written, file = Workbook(write_only=True), io.BytesIO()
    page = written.create_sheet("a")
    for texts in table:
        page.append([_text(page, text) for text in texts])
    written.save(file)
    wanted = {
        number: [composed(text) for text in texts]
        for number, texts in enumerate(table, 1)
        if any(text.strip() for text in texts)
    }
    found = {row.number: row.cells for row in read(file.getvalue()) if isinstance(row, Row)}
    assert found.keys() == wanted.keys()
    for number, texts in wanted.items():
        there = found[number]
        assert there == texts[: len(there)] and not "".join(texts[len(there) :]).strip()


def _text(page: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value="x")
    # Typed as text, whatever it begins with; an underscore is escaped as Excel does.
    cell._value = text.replace("_x", "_x005F_x")
    return cell
