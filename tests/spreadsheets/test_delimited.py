"""CSV files of any program are read, or told line by line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spreadsheets.csv_lines import csv_line
from app.spreadsheets.delimited import read_file, read_text
from app.spreadsheets.faults import CellMark, LineMark, Row

TABLE = "会社名,よみ,コード\r\n試験ガギグ株式会社,シケン,A-1\r\n髙山商店①,タカヤマ,B-2\r\n"
ROWS = [["会社名", "よみ", "コード"], ["試験ガギグ株式会社", "シケン", "A-1"]]


def rows(content: str | bytes) -> list[Row]:
    """The lines of a file, or of a text."""
    if isinstance(content, str):
        return list(read_text(content))
    return list(read_file(io.BytesIO(content)))


@pytest.mark.parametrize(
    "encoding",
    [
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "shift_jis"),
        *("euc_jp", "iso2022_jp"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_of_all_programs_are_read(encoding: str, separator: str) -> None:
    table = TABLE.replace(",", separator)
    if encoding not in {"cp932"} and not encoding.startswith("utf"):
        table = "\r\n".join(table.splitlines()[:2]) + "\r\n"
    found = [row.cells for row in rows(table.encode(encoding))]
    assert found[:2] == ROWS and len(found) == table.count("\n")


def test_utf_16_with_big_endian_mark_is_read() -> None:
    assert [r.cells for r in rows(b"\xfe\xff" + TABLE.encode("utf-16-be"))][:2] == ROWS


@pytest.mark.parametrize("kana", ["ｼｹﾝ", "ｶﾌﾞｼｷｶﾞｲｼｬ", "ｱ"])
def test_half_width_kana_in_shift_jis_stay(kana: str) -> None:
    for table in (f"name\r\n{kana}\r\n", f"name,reading\r\n試験,{kana}\r\n"):
        assert rows(table.encode("cp932"))[1].cells[-1] == kana


@pytest.mark.parametrize("word", ["本番環境", "検証環境", "東京", "大阪", "試験", "株式会社"])
@pytest.mark.parametrize("encoding", ["euc_jp", "cp932"])
def test_kanji_alone_are_read_in_either_encoding(word: str, encoding: str) -> None:
    assert rows(f"name,product\r\n{word},A\r\n".encode(encoding))[1].cells[0] == word


def test_what_may_be_kanji_or_half_width_kana_is_told() -> None:
    for content in ("本社,A\r\n".encode("euc_jp"), "ﾎﾝｼｬ,A\r\n".encode("cp932")):
        assert rows(b"name,product\r\n" + content)[1].mark is LineMark.CHARACTERS
    assert rows("name,b\r\nﾎﾝｼｬ,東京\r\n".encode("cp932"))[1].cells == ["ﾎﾝｼｬ", "東京"]


@pytest.mark.parametrize("name", ["Société", "São Paulo", "Côte", "Zürich", "Århus", "Señor"])
def test_letters_of_western_encodings_are_never_taken_for_kanji(name: str) -> None:
    content = f"name,product\r\n{name},A\r\nPlain,B\r\n".encode("cp1252")
    assert [row.mark for row in rows(content)] == [None, LineMark.CHARACTERS, None]


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_line_that_names_the_separator_is_none_of_the_table(said: str) -> None:
    found = rows(f"{said}\r\na,b;c\r\n1;2\r\n")
    assert [(row.number, row.cells) for row in found] == [(2, ["a,b", "c"]), (3, ["1", "2"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_ends_a_line(end: str) -> None:
    assert [row.cells for row in rows(f"a,b{end}{end}1,2{end},,{end}3,4")] == [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
    ]


def test_blank_lines_count_and_are_no_lines() -> None:
    assert [row.number for row in rows("a,b\n\n,,\n1,2\n")] == [1, 4]


def test_empty_cells_at_the_end_are_dropped_and_others_kept() -> None:
    assert [row.cells for row in rows("a,b\n1,2,,,\n1,2,,x\n")][1:] == [
        ["1", "2"],
        ["1", "2", "", "x"],
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Sample Co., Ltd.,サンプル,",
        "Sample Co., Ltd.,サンプル",
        "Sample,Inc.,サンプル",
        "Yamada, Taro,ヤマダ,",
    ],
)
def test_a_comma_without_quotation_marks_is_told(line: str) -> None:
    found = rows(f"name,reading,corporate_group\n{line}\n試験,シケン,\n")
    assert [row.mark for row in found] == [None, LineMark.COMMA, None]


def test_quoted_commas_and_spaces_after_every_comma_are_fine() -> None:
    assert rows('name,b\n"Sample Co., Ltd.",x\n')[1].cells == ["Sample Co., Ltd.", "x"]
    assert [row.mark for row in rows("name, b\nSample, x\n")] == [None, None]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ('a,b\n"x,y\n1,2\n', [None, LineMark.QUOTES]),
        ('a,b\n"x"y,1\n1,2\n', [None, LineMark.QUOTES, None]),
        ("a,b\nx\0,1\n1,2\n", [None, LineMark.CHARACTERS, None]),
        ("a,b\n" + "x" * 200_000 + ",1\n1,2\n", [None, LineMark.TOO_LONG, None]),
        ("a,b\n" + "x" * 3_000_000 + ",1\n1,2\n", [None, LineMark.TOO_LONG, None]),
        ("a,b\n" + "x," * 300 + "\n1,2\n", [None, LineMark.TOO_WIDE, None]),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_those_after_it_are_read(
    text: str, marks: list[LineMark | None]
) -> None:
    assert [row.mark for row in rows(text)] == marks


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('="00123",x', ["00123", "x"]),
        ('"=""a """"b""""""",x', ['a "b"', "x"]),
        ("'=1,'x", ["=1", "x"]),
        ("'a','b'", ["'a'", "'b'"]),
        ("''a',x", ["'a'", "x"]),
        ('\'=""x""",x', ['=""x"""', "x"]),
    ],
)
def test_a_text_that_guards_itself_from_programs_is_read_as_the_text(
    line: str, cells: list[str]
) -> None:
    assert rows(f"a,b\n{line}\n")[1].cells == cells


def test_a_guarded_text_that_a_comma_has_cut_is_told() -> None:
    assert rows('a,b,c\n="x,y",z\n1,2,3\n')[1].mark is LineMark.QUOTES


@given(st.lists(st.sampled_from(["a", "'", "=", '"', "+", "1"]), max_size=6).map("".join))
def test_what_the_portal_guards_comes_back(text: str) -> None:
    assert rows("a,b\n" + csv_line([text, "x"]))[1].cells == [text, "x"]


def test_quotation_marks_after_a_space_hold_a_value_where_all_commas_have_a_space() -> None:
    found = rows('a, b, c\n"x", "y, z", "1"\n')
    assert found[1].cells == ["x", "y, z", "1"]


@pytest.mark.parametrize("title", ["一覧, 2026", "作成;2026", "a\tb"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_sign_in_a_title_is_not_taken_for_the_separator(title: str, separator: str) -> None:
    table = "name,reading,group\n試験,シケン,組\n".replace(",", separator)
    assert rows(f"{title}\n{table}")[-1].cells == ["試験", "シケン", "組"]


def test_errors_of_spreadsheets_are_marked_in_text_too() -> None:
    assert rows("a,b\n#N/A,Err:502\n")[1].marks == {0: CellMark.ERROR, 1: CellMark.ERROR}


def test_a_broken_character_is_told_on_its_line() -> None:
    found = rows("name,b\n試験,1\n".encode() + b"\xe8\xa9,2\n" + "商事,3\n".encode())
    assert [row.mark for row in found] == [None, None, LineMark.CHARACTERS, None]
    assert found[3].cells == ["商事", "3"]


# A cell may hold a comma in quotation marks; a table of tabs in its cells looks like one by tabs.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffd\t"), max_size=20)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=5), min_size=1, max_size=8))
def test_no_line_that_a_library_writes_is_lost(table: list[list[str]]) -> None:
    """Lines that are read, and lines that are blank, are all there are."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["a", "b"], *table])
    blank = sum(not any(cell.strip() for cell in row) for row in table)
    assert len(rows(written.getvalue())) == 1 + len(table) - blank


@given(st.binary(max_size=300))
def test_no_file_is_too_odd_to_be_read(content: bytes) -> None:
    rows(content)
