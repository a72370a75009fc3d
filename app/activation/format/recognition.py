"""What a file is that is no activation request file: shown to the person, never trusted."""

import base64
import json
import re
from enum import StrEnum


class FileKind(StrEnum):
    """What people choose by mistake, or what programs make of a file on the way."""

    ACTIVATION = "activation"
    REQUEST = "request"
    KEY = "key"
    PDF = "pdf"
    ARCHIVE = "archive"
    PICTURE = "picture"
    WEB_PAGE = "web-page"
    TEXT = "text"
    UTF_16 = "utf-16"
    MARKED = "marked"
    QUOTED = "quoted"
    WRAPPED = "wrapped"
    ENCODED = "encoded"
    CUT_OFF = "cut-off"


_BEGINNINGS = {
    b"%PDF-": FileKind.PDF,
    b"PK\x03\x04": FileKind.ARCHIVE,
    b"\x1f\x8b": FileKind.ARCHIVE,
    b"7z\xbc\xaf": FileKind.ARCHIVE,
    b"\xd0\xcf\x11\xe0": FileKind.ARCHIVE,
    b"Rar!": FileKind.ARCHIVE,
    b"\x89PNG": FileKind.PICTURE,
    b"\xff\xd8\xff": FileKind.PICTURE,
    b"GIF8": FileKind.PICTURE,
    b"RIFF": FileKind.PICTURE,
    b"BM": FileKind.PICTURE,
    b"\xff\xfe": FileKind.UTF_16,
    b"\xfe\xff": FileKind.UTF_16,
}
_TYPES = {
    "activation+jwt": FileKind.ACTIVATION,
    "emergency-activation+jwt": FileKind.ACTIVATION,
    "activation-request+jwt": FileKind.REQUEST,
}
_MARK = b"\xef\xbb\xbf"
_PART = "[A-Za-z0-9_-]+"
_WHOLE = re.compile(rf"{_PART}\.{_PART}\.[A-Za-z0-9_-]{{86}}")
_BEGUN = re.compile(rf"eyJ[A-Za-z0-9_-]*(\.{_PART})?(\.[A-Za-z0-9_-]{{0,85}})?")
_QUOTE = re.compile(r"^[ \t]*>[> \t]*", re.MULTILINE)


def recognise(data: bytes) -> FileKind | None:
    """What a refused file seems to be, by how it is written; None if it is unclear."""
    start = data.lstrip()[:512]
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    if b"\0" in start:
        return FileKind.UTF_16 if start[1:2] == b"\0" or start[:1] == b"\0" else None
    if re.match(
        rb"(?i)(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body)", start.removeprefix(_MARK)
    ):
        return FileKind.WEB_PAGE
    if re.match(rb"(?i)(<\?xml[^>]*>\s*)?<svg", start.removeprefix(_MARK)):
        return FileKind.PICTURE
    if b"-----BEGIN " in start:
        return FileKind.KEY
    return _recognise_text(data)


def _recognise_text(data: bytes) -> FileKind | None:
    text = data.removeprefix(_MARK).decode("utf-8", "replace").strip()
    bare = "".join(text.split())
    unquoted = "".join(_QUOTE.sub("", text).split())
    if (typed := _type_of(unquoted)) is FileKind.ACTIVATION:
        return typed
    if _WHOLE.fullmatch(unquoted):
        if data.startswith(_MARK):
            return FileKind.MARKED
        if unquoted != bare:
            return FileKind.QUOTED
        return FileKind.WRAPPED if text.encode() != data.rstrip(b"\r\n") or bare != text else typed
    if _BEGUN.fullmatch(bare):
        return FileKind.CUT_OFF
    return FileKind.ENCODED if _is_encoded(bare) else typed or _ordinary(text)


def _type_of(text: str) -> FileKind | None:
    """The kind that the header of a compact JWS names, as far as it can be read."""
    head = text.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        return _TYPES.get(header.get("typ"))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _ordinary(text: str) -> FileKind | None:
    """The kind of a text that people can read, such as a memo; signed files begin with `eyJ`."""
    readable = all(char.isprintable() or char.isspace() for char in text)
    found = text and readable and "\ufffd" not in text and "eyJ" not in text
    return FileKind.TEXT if found else None


def _is_encoded(text: str) -> bool:
    """Whether a file was wrapped in base64 once more, as mail programs do."""
    try:
        inner = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return _WHOLE.fullmatch(inner.decode("latin-1").strip()) is not None
