"""Tables of allocations: whatever is pasted or uploaded is read, or refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.environments.effect_rules import Sheet, judge_lines
from app.environments.sheet_rules import (
    MOST_LINES,
    Column,
    Line,
    TableFault,
    decode,
    read_table,
    write_table,
)
from app.spreadsheets.faults import CellMark, LineMark

HEAD = "環境名,製品コード,数量,契約製品番号"


def lines_of(text: str) -> list[Line]:
    """The lines of a table that can be read."""
    lines = read_table(text)
    assert not isinstance(lines, TableFault), lines
    return lines


def cells(text: str) -> list[tuple[str, ...]]:
    """What stands in each line."""
    return [tuple(line.cells.values()) for line in lines_of(text)]


@pytest.mark.parametrize(
    "text",
    [
        "検証環境,PLATFORM,3",
        "検証環境\tPLATFORM\t3",
        f"{HEAD}\r\n検証環境,PLATFORM,3,\r\n",
        "\ufeff環境名,製品コード,数量\n検証環境,PLATFORM,3",
        "Environment name,Product code,Quantity\n検証環境,PLATFORM,3",
        "ENVIRONMENT\tproduct\tcount\n検証環境\tPLATFORM\t3",
        "数量,メモ,製品コード,環境\n3,何か,PLATFORM,検証環境",
        "環境名,製品名,製品コード,数量\n検証環境,名前,PLATFORM,3",
        "\n\n,,\n検証環境 , PLATFORM,　3\n\n",
        '"検証環境","PLATFORM","3"',
        "検証環境;PLATFORM;3",
        "sep=;\n環境名;製品コード;数量\n検証環境;PLATFORM;3",
        "割り当ての表\n環境名,製品コード,数量\n検証環境,PLATFORM,3",
    ],
)
def test_heads_separators_and_blank_lines_do_not_matter(text: str) -> None:
    assert cells(text) == [("検証環境", "PLATFORM", "3", "")]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    lines = read_table(f'{HEAD}\n\na,b,1\n"c\nd",e,2')
    assert not isinstance(lines, TableFault)
    assert [line.number for line in lines] == [3, 5]
    assert lines[1].cells[Column.ENVIRONMENT] == "c\nd"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", TableFault.EMPTY),
        (" \n,\n", TableFault.EMPTY),
        (HEAD, TableFault.EMPTY),
        ("環境名,製品コード\na,b", TableFault.MISSING_COLUMN),
        ("a,b,1\n" * (MOST_LINES + 1), TableFault.TOO_MANY_LINES),
        (f"{HEAD}\n" + "a,b,1\n" * (MOST_LINES + 1), TableFault.TOO_MANY_LINES),
    ],
)
def test_what_cannot_be_read_says_why(text: str, fault: TableFault) -> None:
    assert read_table(text) is fault


def test_as_many_lines_as_allowed_are_read_with_a_head_and_without() -> None:
    assert len(cells("a,b,1\n" * MOST_LINES)) == MOST_LINES
    assert len(cells(f"{HEAD}\n" + "a,b,1\n" * MOST_LINES)) == MOST_LINES


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "euc_jp", "iso2022_jp"],
)
def test_files_are_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    text = decode(f"{HEAD}\r\n検証環境,PLATFORM,3,\r\n".encode(encoding))
    assert text is not None and cells(text) == [("検証環境", "PLATFORM", "3", "")]


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00", b"\xff\xfe\x00\xd8", b"\x81", b"a\0b"])
def test_what_is_not_text_is_told(content: bytes) -> None:
    assert decode(content) is None


@given(st.binary(max_size=300))
def test_no_file_is_too_odd_to_be_read(content: bytes) -> None:
    text = decode(content)
    if text is not None:
        read_table(text)


TEXTS = st.text(
    st.sampled_from('a1,\t"\r\n 　環境名製品コード数量\x0b\x85\u2028\ufeff'), max_size=60
)


@given(TEXTS | st.text(max_size=100))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    lines = read_table(text)
    if not isinstance(lines, TableFault):
        for line in lines:
            assert set(line.cells) == set(Column) and line.number > 0
            assert all(cell == cell.strip() for cell in line.cells.values())


def test_a_line_with_cells_that_no_column_names_is_wrong() -> None:
    [line] = lines_of(f"{HEAD}\n検証環境,PLATFORM,1,000,9")
    assert line.surplus
    [line] = lines_of(f"{HEAD}\n検証環境,PLATFORM,1,,,")
    assert not line.surplus


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("x" * 140_000, LineMark.TOO_LONG),
        ('"a,b,1', LineMark.QUOTES),
        ("a,b\0,1", LineMark.CHARACTERS),
    ],
)
def test_a_line_that_cannot_be_read_is_wrong(text: str, mark: LineMark) -> None:
    [line] = lines_of(text)
    assert line.mark is mark
    [effect] = judge_lines([line], Sheet({}, [], {}), {})
    assert effect.wrong


def test_an_error_of_a_spreadsheet_is_wrong_as_text_too() -> None:
    [line] = lines_of("検証環境,PLATFORM,#N/A")
    assert line.marks == {Column.COUNT: CellMark.ERROR}


def test_a_table_that_becomes_text_says_the_same_on_the_same_lines() -> None:
    lines = read_table(f"{HEAD}\n\n'=1+1,P,1\n\n\nb,Q,2,M")
    assert isinstance(lines, list)
    assert read_table(write_table(lines)) == lines
    formula = Line(
        1, dict(zip(Column, ("a", "b", "1", ""), strict=True)), {Column.MARK: CellMark.FORMULA}
    )
    [again] = lines_of(write_table([formula]))
    assert again.marks == {Column.MARK: CellMark.ERROR}, "it is never taken for empty"
