"""A hostile file costs its own process some time and memory, and nobody else anything."""

import tempfile

import pytest

from app.spreadsheets import styles
from app.spreadsheets.faults import FileFault, Row, Unreadable
from app.spreadsheets.process import list_tables, read_rows
from benchmarks.hostile_files import FILES
from tests.spreadsheets.books import book, sheet
from tests.spreadsheets.books import read as read_in_process


def read(content: bytes) -> int:
    """How many lines the first table of a file has."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        list_tables(file, "a.csv")
        return sum(isinstance(row, Row) for _, row in read_rows(file, [0]))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("one text of 300 MB", FileFault.TOO_LARGE),
        ("200,000 nested elements", FileFault.BROKEN_WORKBOOK),
        ("entities that grow", FileFault.BROKEN_WORKBOOK),
        ("1,000 sheets", FileFault.TOO_LARGE),
    ],
)
def test_a_file_beyond_the_limits_is_refused(name: str, fault: FileFault) -> None:
    with pytest.raises(Unreadable) as caught:
        read(FILES[name]())
    assert caught.value.fault is fault


@pytest.mark.parametrize(("name", "most"), [("MOST_TEXTS", 3), ("MOST_TEXT_BYTES", 10)])
def test_shared_texts_are_limited_by_number_and_size(
    monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(styles, name, most)
    shared = {"sharedStrings": f"<sst>{'<si><t>text</t></si>' * 4}</sst>"}
    with pytest.raises(Unreadable) as caught:
        read_in_process(book({"a": sheet(["x"])}, parts=shared))
    assert caught.value.fault is FileFault.TOO_LARGE


def test_empty_rows_cost_next_to_nothing() -> None:
    assert read(FILES["20,000 empty rows"]()) == 0


def test_reading_that_takes_too_long_is_ended_and_told() -> None:
    with pytest.raises(Unreadable) as caught:
        read(FILES["CSV with 5,000,000 quotation marks"]())
    assert caught.value.fault is FileFault.TOO_SLOW


def test_a_reader_that_is_left_early_ends() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(book({"a": sheet(*(["x"] for _ in range(20_000)))}))
        rows = read_rows(file, [0])
        assert next(rows)[1] == Row(1, ["x"])
        rows.close()
