"""`portal import` and `portal export`: all of a file or nothing, and the same again is nothing."""

import zipfile

import pytest
from openpyxl import load_workbook

from app.imports.files import Unreadable, read_lines
from app.imports.rules import Kind
from app.imports.services import invite_imported
from tests.imports.office import TABLES, Office, Rows

COUNTS = """
    select (select count(*) from company) as companies,
           (select count(*) from contract) as contracts,
           (select count(*) from entitlement) as entitlements,
           (select count(*) from license_key) as keys, (select count(*) from invitation) as invited,
           (select count(*) from import_person) as people, (select count(*) from mail) as mails,
           (select count(*) from import_line) as lines, (select count(*) from audit_event) as events
"""


def test_a_file_is_imported_once_however_often_it_comes(office: Office) -> None:
    folder, [before] = office.csv_folder(TABLES), office.ask(COUNTS)
    code, output = office.take(folder, "--dry-run")
    assert code == 0 and "people: 3 lines, 2 new" in output and "dry run" in output
    assert office.ask(COUNTS) == [before], "a dry run leaves nothing"
    code, output = office.take(folder)
    assert code == 0 and "companies: 2 lines, 2 new" in output
    [after] = office.ask(COUNTS)
    added = [b - a for a, b in zip(before, after, strict=True)]
    # 2 companies, 1 group, 1 contract, 2 entitlements, 1 key and the import itself are events.
    assert added == [2, 1, 2, 1, 0, 2, 0, 0, 8]
    code, output = office.take(folder)
    assert code == 0 and "companies: 2 lines, 0 new" in output
    assert office.ask(COUNTS) == [after]
    assert office.ask("select name from contract where number = 'N-1'") == [("契約一",)]
    quantities = "select quantity from entitlement e join contract c on c.id = e.contract"
    assert office.ask(f"{quantities} where c.number = 'N-1'") == [(1000,)]


def test_lines_that_name_a_faulty_line_say_that_it_is_there_and_which_one(office: Office) -> None:
    """Not that the file lacks it: the reader would look for a contract that is in plain sight."""
    [company, *_], [contract] = TABLES[Kind.COMPANIES], TABLES[Kind.CONTRACTS]
    faulty: Rows = [(*contract[:5], "2026-03-31", *contract[6:])]
    code, output = office.take(office.csv_folder({**TABLES, Kind.CONTRACTS: faulty}))
    told = "contract: N-1 is in the file, but line 2"
    assert code == 1 and output.count("does not exist") == 0, output
    assert output.count(told) == 4, "an entitlement, two people and a license key"
    nameless = [(company[0], "", "x" * 101)]
    code, output = office.take(office.csv_folder({**TABLES, Kind.COMPANIES: nameless}))
    assert code == 1 and "company: 新しい会社 is in the file, but line 2" in output
    none: dict[Kind, Rows] = {**TABLES, Kind.CONTRACTS: []}
    code, output = office.take(office.csv_folder(none))
    assert code == 1 and output.count("N-1 does not exist") == 4


def test_people_of_a_file_are_invited_once(office: Office) -> None:
    folder = office.csv_folder(TABLES)
    office.take(folder)

    async def invite() -> list[bool]:
        return [await invite_imported(office.stage.settings) for _ in range(2)]

    assert office.run(invite) == [True, False]
    invited = (
        "select email, role, i.language from invitation i join contract c on c.id = i.contract"
        " where c.number = 'N-1' order by email"
    )
    assert office.ask(invited) == [
        ("new.owner@example.com", "owner", "ja"),
        ("reader@example.com", "member", "en"),
    ]
    [counted] = office.ask(COUNTS)
    assert office.take(folder)[0] == 0 and office.ask(COUNTS) == [counted]


def test_every_fault_is_told_with_line_and_column_and_nothing_is_imported(office: Office) -> None:
    tables = dict(TABLES)
    tables[Kind.COMPANIES] = [
        *TABLES[Kind.COMPANIES],
        ("次の会社", "二度", ""),
        ("", "名なし", ""),
        ("サンプル商事株式会社", "ベツノヨミ", "サンプルグループ"),
    ]
    tables[Kind.ENTITLEMENTS] = [
        ("X-9", "NOTHING", "0", "2027/04/01", "2027/03/31"),
        ("X-9", "NOTHING", "1", "2027/04/01", "2028/03/31"),
    ]
    [before] = office.ask(COUNTS)
    code, output = office.take(office.csv_folder(tables))
    assert code == 1
    found = [line.split(": ")[:2] for line in output.splitlines()[:-1]]
    assert found == [
        ["companies:4", "name"],
        ["companies:5", "name"],
        ["companies:6", "reading"],
        ["entitlements:2", "quantity"],
        ["entitlements:2", "ends_on"],
        ["entitlements:3", "contract"],
        ["entitlements:3", "product"],
    ]
    assert "サンプルショウジ" in output, "what is there is told"
    assert "7 errors. Nothing was imported." in output
    assert office.ask(COUNTS) == [before]


def test_license_keys_are_compared_as_people_type_them(office: Office) -> None:
    """The hyphens of a key only help to read it; the database keeps each key once all the same."""
    keys = [
        ("AB_CD", "CONNECTOR", 2, "2027/04/01", "2028/03/31", ""),
        ("AB--CD", "CONNECTOR", 2, "2027/04/01", "2028/03/31", ""),
        ("NEW-KEY", "CONNECTOR", 2, "2027/04/01", "2028/03/31", ""),
        ("NEWK-EY", "CONNECTOR", 2, "2027/04/01", "2028/03/31", ""),
        ("DEMO0CONN8-FREE100001", "CONNECTOR", 2, "2027/04/01", "2028/03/31", ""),
    ]
    code, output = office.take(office.csv_folder({Kind.LICENSE_KEYS: keys}))
    places = {line.partition(": ")[0] for line in output.splitlines()[:-1]}
    assert code == 1 and places == {f"license_keys:{line}" for line in (2, 3, 5, 6)}, output


@pytest.mark.parametrize("form", ["xlsx", "zip", "cp932"])
def test_all_forms_say_the_same(office: Office, form: str) -> None:
    usual = list(read_lines(office.csv_folder(TABLES)))
    if form == "xlsx":
        file = office.workbook(TABLES)
    elif form == "zip":
        file = office.folder / "tables.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for each in (office.folder / "tables").iterdir():
                archive.write(each, f"any/{each.name}")
    else:
        file = office.csv_folder(TABLES, "cp932")
    assert list(read_lines(file)) == usual


def test_an_export_is_an_import_that_changes_nothing(office: Office) -> None:
    office.take(office.csv_folder(TABLES))
    file = office.folder / "export.zip"
    code, output = office.portal("export", file, "--by", "staff")
    assert code == 0 and "contracts: 6" in output
    assert file.stat().st_mode & 0o777 == 0o600
    code, output = office.take(file)
    assert code == 0, output
    assert all(line.endswith(" 0 new") for line in output.splitlines()), output


def test_the_template_has_every_column_and_can_be_read(office: Office) -> None:
    file = office.folder / "template.xlsx"
    assert office.portal("import", "--template", file)[0] == 0
    book = load_workbook(file, read_only=True)
    assert book.sheetnames == list(Kind)
    assert len(list(read_lines(file))) == len(Kind)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("people.csv", b"contract,email,role\n", "people:1: language: This column is missing."),
        ("people.csv", b"contract,email,role,language,age\n", "people:1: age: Unknown column"),
        ("people.csv", b"contract,email,role,language\na\0b,x,owner,ja\n", "people:2: "),
        ("people.csv", b'contract,email,role,language\n"' + b"x" * 200_000, "people:"),
        ("people.csv", b"contract,email,role,language\n\xff\xff,x,owner,ja\n", "people:2: "),
        ("persons.csv", b"x", ""),
        ("x.xlsx", b"no workbook", ""),
        ("x.zip", b"no archive", ""),
        ("x.txt", b"text", ""),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(
    office: Office, name: str, content: bytes, told: str
) -> None:
    file = office.folder / name
    file.write_bytes(content)
    code, output = office.take(file)
    assert code == 1 and told in output


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize(
    "entity", ['SYSTEM "file:///etc/hostname"', '"&b;&b;&b;"> <!ENTITY b "bbbbbbbbbb"']
)
def test_a_workbook_that_asks_for_more_than_itself_is_refused(
    office: Office, part: str, entity: str
) -> None:
    """An entity of XML may name another file, or grow until nothing else has room."""
    usual, hostile = office.workbook(TABLES), office.folder / "hostile.xlsx"
    with zipfile.ZipFile(usual) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                begin = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
                declared = f"<!DOCTYPE any [<!ENTITY a {entity}>]>".encode()
                content = content[:begin] + declared + content[begin:]
            target.writestr(name, content)
    with pytest.raises(Unreadable):
        list(read_lines(hostile))


@pytest.mark.parametrize("who", ["owner", "auditor", "nobody"])
def test_only_operators_import_and_export(office: Office, who: str) -> None:
    folder = office.csv_folder(TABLES)
    assert office.portal("import", folder, "--by", who)[0] == 1
    assert office.portal("export", office.folder / "export.zip", "--by", who)[0] == 1
    assert not (office.folder / "export.zip").exists()


def test_an_export_takes_an_administrator(office: Office) -> None:
    assert office.portal("export", office.folder / "export.zip", "--by", "clerk")[0] == 1
