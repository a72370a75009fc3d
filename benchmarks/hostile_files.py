"""Files that would take time or memory from whoever reads them, made one by one.

python -m benchmarks.hostile_files NAME FILE
"""

import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from app.spreadsheets.csv_lines import csv_line
from tests.spreadsheets.books import book, sheet

CONTRACT = (
    *("契約", "会社", "term", "2027/04/01", "2028/03/31", "Asia/Tokyo"),
    *("営業一部", "sales@example.org", "03-0000-0100"),
)


def _cells(row: int, columns: Iterable[str], text: str) -> str:
    return (
        f'<row r="{row}">'
        + "".join(
            f'<c r="{column}{row}" t="inlineStr"><is><t>{text}{row}</t></is></c>'
            for column in columns
        )
        + "</row>"
    )


def _rows(count: int, columns: Iterable[str], text: str = "会社") -> bytes:
    names = list(columns)
    return book({"companies": sheet(*(_cells(n, names, text) for n in range(1, count + 1)))})


def _shared(count: int, text: str) -> bytes:
    texts = f"<si><t>{text}</t></si>" * count
    return book({"companies": sheet(["name"])}, parts={"sharedStrings": f"<sst>{texts}</sst>"})


def _entities() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    declared = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>'
    return book({"companies": f"{declared}<worksheet><sheetData>&e11;</sheetData></worksheet>"})


def _csv(count: int) -> bytes:
    return "".join(csv_line([f"D-{n}", *CONTRACT]) for n in range(count)).encode()


FILES: Mapping[str, Callable[[], bytes]] = {
    "20,000 empty rows": lambda: book(
        {"companies": sheet(*(f'<row r="{n * 50}"/>' for n in range(1, 20_001)))}
    ),
    "1,000,000 empty rows": lambda: book({"companies": sheet("<row/>" * 1_000_000)}),
    "shared texts, 250 MB unpacked": lambda: _shared(2_500_000, "x" * 80),
    "one text of 300 MB": lambda: book(
        {"companies": f"<worksheet><sheetData><row><c><v>{'x' * 300_000_000}</v></c></row>"}
    ),
    "20,000 rows with a cell in the last column": lambda: _rows(20_000, ["A", "XFD"]),
    "300,000 rows of 5 cells": lambda: _rows(300_000, "ABCDE"),
    "82,000 rows of 5 cells": lambda: _rows(82_000, "ABCDE"),
    "200,000 nested elements": lambda: book({"companies": "<a>" * 200_000}),
    "entities that grow": _entities,
    "1,000 sheets": lambda: book({f"s{n}": "<worksheet/>" for n in range(1000)}),
    "CSV of 82,000 lines": lambda: _csv(82_000),
    "CSV of 800,000 lines": lambda: _csv(800_000),
    "CSV of one line of 90 MB": lambda: b"name\n" + b"x" * 90_000_000,
    "CSV with 5,000,000 quotation marks": lambda: b'name\n"' + b'x"\n"' * 5_000_000,
}


def write(name: str, file: Path) -> None:
    """Write one of the files."""
    file.write_bytes(FILES[name]())


def unpacked(file: Path) -> int:
    """How many bytes it has once unpacked."""
    if not zipfile.is_zipfile(file):
        return file.stat().st_size
    with zipfile.ZipFile(file) as archive:
        return sum(entry.file_size for entry in archive.infolist())


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
