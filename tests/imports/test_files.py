"""Files that people have, by `portal import`: read as they see them, or told what to do."""

import shutil
from pathlib import Path

import pytest

from tests.imports.office import Office
from tests.spreadsheets.books import archive, book, sheet, text_cell

FILES = Path(__file__).parent.parent / "spreadsheets" / "files"
HEAD = ["name", "reading", "corporate_group"]
COMPANIES = "name,reading,corporate_group\r\n試験会社,シケン,\r\n"
# Sample → names that it adds, or places and words of its faults.
READ = {
    "dimension-short.xlsx": ["試験短い0株式会社", "試験短い1株式会社", "試験短い2株式会社"],
    "no-dimension-empty-row.xlsx": ["試験空行0株式会社", "試験空行9株式会社"],
    "empty-fill.xlsx": ["試験塗り0株式会社", "試験塗り1株式会社"],
    "strict.xlsx": ["試験厳格0株式会社", "試験厳格1株式会社"],
    "mac.zip": ["試験ジップ"],
    "utf16le/companies.csv": ["試験ユニ"],
    "extra-cells/companies.csv": ["試験余", "試験足"],
    "nfc/companies.csv": ["試験ガギグ株式会社"],
    "nfd/companies.csv": [],
    "carriage-return-escape.xlsx": ["試験日付株式会社"],
    "japanese-builtin-dates.xlsx": [],
}
REFUSED = {
    "formulas.xlsx": ["companies:3: corporate_group: ", "companies:4: name: "],
    "comma-in-name/companies.csv": ["companies:2: A value in this line"],
    "odd-texts.xlsx": ["companies:2: name: ", "companies:8: name: "],
}
UNREADABLE = {
    "hidden-old-sheet.xlsx": ["“companies”", "“Companies ”"],
    "two-of-a-kind.zip": ["2025/companies.csv", "2026/companies.csv"],
}


def test_each_sample_is_read_as_the_person_sees_it(office: Office) -> None:
    for name, wanted in READ.items():
        before = set(office.ask("select name from company"))
        code, output = office.take(FILES / name)
        assert code == 0, f"{name}: {output}"
        added = set(office.ask("select name from company")) - before
        assert added == {(company,) for company in wanted}, name
    days = "select distinct starts_on::text, ends_on::text, count(*) from contract"
    assert office.ask(f"{days} where number like 'T-J%' group by 1, 2") == [
        ("2027-04-01", "2028-03-31", 11)
    ]
    assert office.ask("select sales_phone, sales_name from contract where number = 'T-CR'") == [
        ("03-0000-0100", "営業 太郎")
    ]
    assert office.take(FILES / "template-with-date-cells.xlsx", "--dry-run")[0] == 0


def test_each_sample_that_cannot_be_read_says_where_and_why(office: Office) -> None:
    before = office.ask("select count(*) from company")
    for name, told in REFUSED.items():
        code, output = office.take(FILES / name)
        lines = output.splitlines()[:-1]
        assert code == 1 and len(lines) == len(told), f"{name}: {output}"
        for line, words in zip(lines, told, strict=True):
            assert line.startswith(words), f"{name}: {line}"
    for name, told in UNREADABLE.items():
        code, _, error = office.tell(FILES / name)
        assert code == 1 and all(words in error for words in told), error
    assert office.ask("select count(*) from company") == before


def test_files_of_other_programs_say_what_to_save_them_as(office: Office) -> None:
    for name, content in {
        "companies.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "companies.ods": b"PK",
        "companies.numbers": b"PK",
        "x.xlsb": b"PK",
        "x.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "companies.csv": b"<html><table></table></html>",
    }.items():
        file = office.folder / name
        file.write_bytes(content)
        code, _, error = office.tell(file)
        told = "".join(character for character in error if character not in " │\n")
        assert code == 1 and "(.xlsx)”or“CSVUTF-8”" in told, f"{name}: {error}"


def test_a_table_with_another_name_is_told(office: Office) -> None:
    companies = sheet(HEAD, ["試験会社", "シケン", ""])
    file = office.folder / "a.xlsx"
    file.write_bytes(book({"メモ": sheet(["x"]), " Ｃｏｍｐａｎｉｅｓ": companies}))
    code, output, error = office.tell(file)
    assert code == 0 and "companies: 1 lines" in output and "“メモ” was ignored" in error
    packed = office.folder / "a.zip"
    for other in ("顧客.csv", "contracts.xlsx"):
        packed.write_bytes(archive({"companies.csv": COMPANIES.encode(), other: b"x"}))
        code, _, error = office.tell(packed)
        assert code == 1 and other in error, error


def test_a_file_without_a_line_is_told(office: Office) -> None:
    for name, content in {
        "companies.csv": b"",
        "a.xlsx": book({"companies": sheet(HEAD)}),
        "a.zip": archive({"companies.csv": ",".join(HEAD).encode(), "people.csv": b""}),
    }.items():
        (office.folder / name).write_bytes(content)
        code, _, error = office.tell(office.folder / name)
        told = " ".join(error.replace("│", " ").split())
        assert code == 1 and "The file contains no lines" in told, f"{name}: {error}"


def test_a_template_is_read_and_a_workbook_that_is_called_csv_in_an_archive_is_told(
    office: Office,
) -> None:
    workbook = book({"companies": sheet(HEAD, ["試験会社", "シケン", ""])})
    (office.folder / "a.xltx").write_bytes(workbook)
    assert office.take(office.folder / "a.xltx", "--dry-run")[0] == 0
    (office.folder / "a.zip").write_bytes(archive({"companies.csv": workbook}))
    code, _, error = office.tell(office.folder / "a.zip")
    assert code == 1 and "not a table" in error


def test_a_folder_is_read_as_an_archive_is(office: Office) -> None:
    folder = office.folder / "folder"
    folder.mkdir()
    (folder / "Companies.CSV").write_text(COMPANIES, "utf-8")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "._companies.csv").write_bytes(b"\0")
    assert office.take(folder)[0] == 0
    shutil.copy(folder / "Companies.CSV", folder / "companies.tsv")
    code, _, error = office.tell(folder)
    assert code == 1 and "“Companies.CSV” and “companies.tsv”" in error


def test_leading_zeros_that_a_spreadsheet_has_lost_are_pointed_out(office: Office) -> None:
    office.run_sql("update contract set number = '00123' where number = 'D-1004'")
    contract = (
        "契約,サンプル商事株式会社,term,2027/4/1,令和10年3月31日,Asia/Tokyo,営業,a@example.org,03-1"
    )
    file = office.folder / "people.csv"
    file.write_text("contract,email,role,language\n123,a@example.org,owner,ja\n", "utf-8")
    code, output = office.take(file)
    assert code == 1 and "people:2: contract: Leading zeros" in output and "00123" in output
    file = office.folder / "contracts.csv"
    head = "number,name,company,license_type,starts_on,ends_on,time_zone"
    head += ",sales_name,sales_email,sales_phone\n"
    file.write_text(f"{head}123,{contract}\n456,{contract}\n", "utf-8")
    code, output = office.take(file)
    assert code == 1 and output.count("Leading zeros") == 1 and "contracts:2: number" in output
    file.write_text(f"{head}N-1,{contract.replace('03-1', '300000100')}\n", "utf-8")
    code, output = office.take(file)
    assert code == 1 and "contracts:2: sales_phone: Leading zeros" in output


@pytest.mark.parametrize("quantity", ["<c r='C2'><v>5.0</v></c>", text_cell("C2", "１，０００")])
def test_an_entitlement_of_a_workbook_keeps_its_number(office: Office, quantity: str) -> None:
    head = ["contract", "product", "quantity", "starts_on", "ends_on"]
    row = [text_cell("A2", "D-1001"), text_cell("B2", "MOBILE"), quantity]
    days = [text_cell("D2", "R9.4.1"), text_cell("E2", "2028年3月31日")]
    file = office.folder / "a.xlsx"
    file.write_bytes(book({"entitlements": sheet(head, f"<row>{''.join(row + days)}</row>")}))
    code, output = office.take(file)
    assert code == 0, output
    found = office.ask(
        "select e.quantity, e.starts_on::text from entitlement e join product p on p.id = e.product"
        " join contract c on c.id = e.contract where c.number = 'D-1001' and p.code = 'MOBILE'"
    )
    assert found == [(5 if "5.0" in quantity else 1000, "2027-04-01")]
