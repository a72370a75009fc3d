"""What is no table is told by what it is; archives are read as file managers pack them."""

import io

import pytest

from app.spreadsheets.faults import FileFault, Form, Table, Unreadable
from app.spreadsheets.reading import Document
from tests.spreadsheets.books import archive, book, sheet

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
CONTENT_TYPES = {"[Content_Types].xml": b"<Types/>"}


def tables(content: bytes) -> tuple[Form, list[Table]]:
    """What a file is, and its tables."""
    document = Document(io.BytesIO(content))
    return document.form, document.tables()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (COMPOUND, FileFault.OLD_EXCEL),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), FileFault.LOCKED),
        (b"\x09\x08\x10\x00" + bytes(100), FileFault.OLD_EXCEL),
        (archive({**CONTENT_TYPES, "xl/workbook.bin": b""}), FileFault.BINARY_EXCEL),
        (archive({"mimetype": b"", "content.xml": b""}), FileFault.OPEN_DOCUMENT),
        (archive({"Index/Document.iwa": b""}), FileFault.NUMBERS),
        (archive({**CONTENT_TYPES, "word/document.xml": b""}), FileFault.NOT_A_TABLE),
        (b"<html><table><tr><td>a</td></tr></table>", FileFault.WEB_PAGE),
        ("\ufeff<meta charset=utf-8><table>".encode(), FileFault.WEB_PAGE),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", FileFault.WEB_PAGE),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', FileFault.XML_TABLE),
        (b"%PDF-1.7", FileFault.NOT_A_TABLE),
        (b"PK\x03\x04\0\0", FileFault.BROKEN_ARCHIVE),
        (archive(CONTENT_TYPES), FileFault.BROKEN_WORKBOOK),
    ],
)
def test_what_is_no_table_is_told_by_what_it_is(content: bytes, fault: FileFault) -> None:
    with pytest.raises(Unreadable) as caught:
        tables(content)
    assert caught.value.fault is fault


def test_a_file_is_what_it_holds_whatever_its_name_says() -> None:
    assert tables(book({"x": sheet(["a"])})) == (Form.WORKBOOK, [Table("x")])
    assert tables(b"a,b\n") == (Form.TEXT, [Table("")])


def test_what_file_managers_leave_behind_is_no_table() -> None:
    files = {
        "x/companies.csv": b"a",
        "__MACOSX/x/._companies.csv": b"\0",
        "x/.DS_Store": b"",
        "x/Thumbs.db": b"",
        "desktop.ini": b"",
        "~$companies.csv": b"",
    }
    assert tables(archive(files)) == (Form.ARCHIVE, [Table("x/companies.csv")])


def test_names_of_japanese_windows_are_read() -> None:
    name = "顧客/companies.csv".encode("cp932")
    plain = archive({"a" * len(name): b"a"}).replace(b"a" * len(name), name)
    assert tables(plain) == (Form.ARCHIVE, [Table("顧客/companies.csv")])


def test_an_archive_with_a_password_is_told() -> None:
    packed = bytearray(archive({"companies.csv": b"a"}))
    at = packed.index(b"PK\x01\x02")
    packed[6] |= 1
    packed[at + 8] |= 1
    with pytest.raises(Unreadable) as caught:
        tables(bytes(packed))
    assert caught.value.fault is FileFault.LOCKED
