"""Take request files out of what was uploaded: single files and ZIP archives, read with distrust.

An archive is read in memory and never unpacked to a disk. Its directory says how many entries it
has and how large they are; both may lie, so the bytes are counted while they are read.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_FILES = 200
MOST_BYTES = 5 * 1024 * 1024
# Entries with folders and the leftovers of operating systems. Reading a directory costs time.
MOST_ENTRIES = 1000
ENCRYPTED, UTF8_NAME = 0x1, 0x800
# Others may ask for gigabytes of memory to unpack.
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What operating systems add to an archive by themselves.
LEFTOVERS = {"thumbs.db", "desktop.ini", ".ds_store"}
# What Python's reader raises for archives that are not what they say.
FAULTS = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


class ArchiveFault(StrEnum):
    """Why an upload cannot be used as a whole."""

    NO_FILE = "no-file"
    BROKEN = "broken-archive"
    ENCRYPTED = "encrypted-archive"
    NESTED = "nested-archive"
    UNSAFE_NAME = "unsafe-name"
    SAME_NAME = "same-name"
    TOO_MANY = "too-many-files"
    TOO_LARGE = "archive-too-large"


class ArchiveRefused(Exception):
    """Nothing of the upload is used.

    Attributes:
        fault: why.
        name: the file or entry at fault; empty for the whole.
    """

    def __init__(self, fault: ArchiveFault, name: str = "") -> None:
        super().__init__(fault.value)
        self.fault, self.name = fault, name


@dataclass(frozen=True)
class UploadedRequest:
    """One file of an upload; `name` may have folders, with slashes."""

    name: str
    content: bytes


def is_archive(content: bytes) -> bool:
    """Whether a file is a ZIP archive."""
    return content.startswith(SIGNATURES)


def read_uploads(uploads: Sequence[UploadedRequest]) -> list[UploadedRequest]:
    """Return every request file in what was uploaded, in its order.

    Args:
        uploads: files as a form sent them; each is a request file or an archive of some.

    Raises:
        ArchiveRefused: a file breaks a rule; nothing is used then.
    """
    found: list[UploadedRequest] = []
    names: set[str] = set()
    room = MOST_BYTES
    for each in _every_file(uploads):
        room -= len(each.content)
        if room < 0:
            raise ArchiveRefused(ArchiveFault.TOO_LARGE)
        if each.name.casefold() in names:
            raise ArchiveRefused(ArchiveFault.SAME_NAME, each.name)
        if len(found) == MOST_FILES:
            raise ArchiveRefused(ArchiveFault.TOO_MANY)
        names.add(each.name.casefold())
        found.append(each)
    if not found:
        raise ArchiveRefused(ArchiveFault.NO_FILE)
    return found


def _every_file(uploads: Iterable[UploadedRequest]) -> Iterator[UploadedRequest]:
    for upload in uploads:
        if is_archive(upload.content):
            yield from _entries(upload)
        else:
            yield upload


def _entries(upload: UploadedRequest) -> Iterator[UploadedRequest]:
    try:
        with zipfile.ZipFile(io.BytesIO(upload.content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ArchiveRefused(ArchiveFault.TOO_MANY)
            for entry in entries:
                name = _name(entry)
                if not entry.is_dir() and not _is_leftover(name):
                    yield UploadedRequest(name, _content(archive, entry, name))
    except FAULTS as error:
        raise ArchiveRefused(ArchiveFault.BROKEN, upload.name) from error


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; Japanese Windows writes names as Shift_JIS and does not say so.

    Raises:
        ArchiveRefused: the name leads out of the archive, or hides what it is.
    """
    name = entry.orig_filename
    if not entry.flag_bits & UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp932"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = name.replace("\\", "/")
    parts = name.rstrip("/").split("/")
    drive = len(parts[0]) == 2 and parts[0].endswith(":")
    if drive or not all(parts) or {".", ".."} & set(parts) or not name.isprintable():
        raise ArchiveRefused(ArchiveFault.UNSAFE_NAME)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused(ArchiveFault.UNSAFE_NAME, name)
    return name


def _is_leftover(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last.lower() in LEFTOVERS or last.startswith("._")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    if entry.flag_bits & ENCRYPTED:
        raise ArchiveRefused(ArchiveFault.ENCRYPTED, name)
    if entry.compress_type not in COMPRESSIONS:
        raise ArchiveRefused(ArchiveFault.BROKEN, name)
    if entry.file_size > MOST_BYTES:
        raise ArchiveRefused(ArchiveFault.TOO_LARGE, name)
    with archive.open(entry) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ArchiveRefused(ArchiveFault.TOO_LARGE, name)
    if is_archive(content):
        raise ArchiveRefused(ArchiveFault.NESTED, name)
    return content


def write_archive(files: Iterable[UploadedRequest]) -> bytes:
    """Return files as a ZIP archive, the same bytes for the same files."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            entry = zipfile.ZipInfo(each.name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, each.content)
    return kept.getvalue()
