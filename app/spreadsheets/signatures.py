"""What a file is, by its first bytes: names of files often say something else."""

import zipfile
from typing import IO

from app.spreadsheets.faults import FileFault, Unreadable
from app.spreadsheets.limits import MOST_ENTRIES, MOST_UNPACKED

HEAD = 4096
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_SHEETS = (b"\x09\x08", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00")
# Other kinds of files that people take for a table, or rename to one.
OTHER = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b"),
    *(b"7z\xbc\xaf", b"Rar!", b"{\\rtf"),
)


def is_zip(file: IO[bytes]) -> bool:
    """Whether a file begins like a ZIP.

    Raises:
        Unreadable: it is no text either, but something that can be named.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(ZIP):
        return True
    fault = _other(head, file)
    if fault is not None:
        raise Unreadable(fault)
    return False


def _other(head: bytes, file: IO[bytes]) -> FileFault | None:
    if head.startswith(COMPOUND):
        file.seek(0)
        # A workbook with a password lies in the same shell as the workbooks of old.
        whole = file.read(64 * 1024 * 1024)
        locked = "EncryptedPackage".encode("utf-16-le") in whole
        return FileFault.LOCKED if locked else FileFault.OLD_EXCEL
    if head.startswith(OLD_SHEETS):
        return FileFault.OLD_EXCEL
    if head.startswith(OTHER):
        return FileFault.NOT_A_TABLE
    begin = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if begin.startswith(b"mime-version:") or (begin.startswith(b"<") and _is_web_page(begin)):
        return FileFault.WEB_PAGE
    if begin.startswith(b"<?xml"):
        return FileFault.XML_TABLE
    return None


def _is_web_page(begin: bytes) -> bool:
    names = (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body")
    return begin.startswith(names) or (begin.startswith(b"<?xml") and b"<html" in begin)


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """An archive, whatever is in it.

    Raises:
        Unreadable: it is none, or too large once unpacked.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError) as error:
        raise Unreadable(FileFault.BROKEN_ARCHIVE) from error
    entries = archive.infolist()
    # No entry gives more than it says.
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise Unreadable(FileFault.TOO_LARGE)
    return archive


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is an Excel workbook.

    Raises:
        Unreadable: it is a document of another program.
    """
    names = {name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        raise Unreadable(FileFault.BINARY_EXCEL)
    if any(name.endswith(".iwa") for name in names) or "index.zip" in names:
        raise Unreadable(FileFault.NUMBERS)
    if "mimetype" in names and "content.xml" in names:
        raise Unreadable(FileFault.OPEN_DOCUMENT)
    if "[content_types].xml" not in names:
        return "xl/workbook.xml" in names
    if any(name.startswith(("word/", "ppt/", "visio/")) for name in names):
        raise Unreadable(FileFault.NOT_A_TABLE)
    return True
