"""External ids in imported files: a column that may be left out."""

import csv
import zipfile

from app.imports.rules import COLUMNS, Kind
from tests.imports.office import TABLES, Office, Rows


def _with_external_ids() -> dict[Kind, Rows]:
    tables = dict(TABLES)
    [new, other], [contract] = TABLES[Kind.COMPANIES], TABLES[Kind.CONTRACTS]
    tables[Kind.COMPANIES] = [(*new, "ＡＣＣ-1"), other]
    tables[Kind.CONTRACTS] = [(*contract, "ORD-1")]
    tables[Kind.ENTITLEMENTS] = [
        (*row, f"ORD-1-{line}") for line, row in enumerate(TABLES[Kind.ENTITLEMENTS], 1)
    ]
    return tables


def test_external_ids_come_with_a_file_and_are_exported(office: Office) -> None:
    office.take(office.csv_folder(_with_external_ids()))
    assert office.ask("select name, external_id from company where external_id <> ''") == [
        ("新しい会社", "ACC-1")
    ]
    assert office.ask("select external_id from contract where external_id <> ''") == [("ORD-1",)]
    ids = "select external_id from entitlement where external_id <> '' order by 1"
    assert office.ask(ids) == [("ORD-1-1",), ("ORD-1-2",)]
    recorded = "select count(*) from audit_event where details ->> 'external_id' like any"
    assert office.ask(f"{recorded} (array['ACC-1', 'ORD-1%'])") == [(4,)]
    file = office.folder / "export.zip"
    office.portal("export", file, "--by", "staff")
    with zipfile.ZipFile(file) as archive:
        assert "ORD-1-2" in archive.read("entitlements.csv").decode()
    code, output = office.take(file)
    assert code == 0 and all(line.endswith(" 0 new") for line in output.splitlines()), output


def test_a_file_without_the_column_of_external_ids_is_read_as_before(office: Office) -> None:
    office.take(office.csv_folder(_with_external_ids()))
    folder = office.folder / "tables"
    for kind, rows in TABLES.items():
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            head = [name for name in COLUMNS[kind] if name != "external_id"]
            csv.writer(file).writerows([head, *rows])
    code, output = office.take(folder)
    assert code == 0 and all(line.endswith(" 0 new") for line in output.splitlines()), output


def test_an_external_id_that_is_taken_given_twice_or_different_is_a_fault(office: Office) -> None:
    office.take(office.csv_folder(_with_external_ids()))
    rows: Rows = [
        ("新しい会社", "アタラシイカイシャ", "新しいグループ", "ACC-2"),
        ("次の会社", "ツギノカイシャ", "", "ACC-3"),
        ("三つ目の会社", "ミッツメ", "", "ACC-1"),
        ("四つ目の会社", "ヨッツメ", "", "ACC-4"),
        ("五つ目の会社", "イツツメ", "", "ACC-4"),
        ("六つ目の会社", "ムッツメ", "", "x" * 101),
    ]
    code, output = office.take(office.csv_folder({Kind.COMPANIES: rows}))
    told = [line.split(": ", 2) for line in output.splitlines()[:-1]]
    assert code == 1 and [(place, column) for place, column, _ in told] == [
        (f"companies:{line}", "external_id") for line in (2, 3, 4, 6, 7)
    ], output
    assert "already exists with ACC-1" in told[0][2] and "exists with –" in told[1][2]
    assert "Another entry already has the external ID ACC-1" in told[2][2]
    assert "Duplicate of line 5" in told[3][2]
