"""How many emergency files a contract has, in imported files: a column that may be left out."""

import zipfile

import pytest

from app.imports.rules import COLUMNS, Kind
from tests.imports.office import TABLES, Office, Rows


def _with(number: str) -> dict[Kind, Rows]:
    [contract] = TABLES[Kind.CONTRACTS]
    return {**TABLES, Kind.CONTRACTS: [(*contract, "", number)]}


def _kept(office: Office) -> int:
    [(number,)] = office.ask("select emergency_files from contract where number = 'N-1'")
    return int(number)


@pytest.mark.parametrize(
    ("written", "kept"), [("0", 0), ("５", 5), ("", 2)], ids=["0", "5", "none"]
)
def test_the_number_comes_with_a_file_and_is_exported(
    office: Office, written: str, kept: int
) -> None:
    office.take(office.csv_folder(_with(written)))
    assert _kept(office) == kept
    file = office.folder / "export.zip"
    office.portal("export", file, "--by", "staff")
    with zipfile.ZipFile(file) as archive:
        lines = archive.read("contracts.csv").decode("utf-8-sig").splitlines()
    assert lines[0].endswith(",emergency_files")
    assert next(line for line in lines if line.startswith("N-1,")).endswith(f",{kept}")
    code, output = office.take(file)
    assert code == 0 and all(line.endswith(" 0 new") for line in output.splitlines()), output


def test_a_file_without_the_number_leaves_it_as_it_is(office: Office) -> None:
    office.take(office.csv_folder(_with("4")))
    code, output = office.take(office.csv_folder(TABLES))
    assert code == 0 and all(line.endswith(" 0 new") for line in output.splitlines()), output
    assert _kept(office) == 4


@pytest.mark.parametrize("written", ["6", "-1", "x", "2.5"])
def test_another_number_than_0_to_5_is_a_fault_of_its_line(office: Office, written: str) -> None:
    code, output = office.take(office.csv_folder(_with(written)))
    assert code == 1 and "contracts:2: emergency_files: " in output


def test_a_number_that_differs_from_the_portal_is_a_fault(office: Office) -> None:
    office.take(office.csv_folder(_with("4")))
    code, output = office.take(office.csv_folder(_with("3")))
    assert code == 1 and "contracts:2: emergency_files: " in output
    assert _kept(office) == 4


def test_the_column_is_the_last_of_the_template() -> None:
    assert COLUMNS[Kind.CONTRACTS][-1] == "emergency_files"
