"""What a file is that is no activation file: said to the person, never trusted."""

from __future__ import annotations

import base64
import json
import re

from licensed_system.emergency_messages import USE_EMERGENCY
from licensed_system.jws import without_newline
from licensed_system.languages import Words
from licensed_system.outcomes import Outcome, Refused

_CHOOSE = Words(
    "ポータルからダウンロードしたアクティベーションファイルを選んでください。",
    "Choose the activation file that was downloaded from the portal.",
)
_COPY_AGAIN = Words(
    "ポータルからもう一度ダウンロードし、開いて保存し直さずにコピーしてください。",
    "Download it from the portal again, and copy it without opening and saving it.",
)
_REQUEST = Words(
    "これは、このシステムで作成するリクエストファイルです。ポータルに登録し、"
    "ポータルからダウンロードしたアクティベーションファイルを選んでください。",
    "This is a request file, which this system makes. Upload it to the portal, and choose the "
    "activation file that you download there.",
)
_EMPTY = Words("ファイルが空です。", "The file is empty.") + _COPY_AGAIN
_KEY = Words("これは鍵のファイルです。", "This is a file with a key.") + _CHOOSE
_WEB_PAGE = Words("これは Web ページです。", "This is a web page.") + _CHOOSE
_UTF_16 = (
    Words(
        "ファイルがエディターで UTF-16 形式で保存されています。",
        "The file was saved as UTF-16 by an editor.",
    )
    + _COPY_AGAIN
)
_MARKED = (
    Words(
        "ファイルの先頭に印（BOM）が追加されています。",
        "An editor added a mark (BOM) to the file.",
    )
    + _COPY_AGAIN
)
_WRAPPED = (
    Words(
        "ファイルの内容に改行、空白または引用符が追加されています。",
        "Line breaks, spaces or quotation marks were added to the text of the file.",
    )
    + _COPY_AGAIN
)
_CUT_OFF = (
    Words("ファイルが途中で切れています。", "The file was cut off: its end is missing.")
    + _COPY_AGAIN
)
_PDF = Words("これは PDF ファイルです。", "This is a PDF.") + _CHOOSE
_PICTURE = Words("これは画像ファイルです。", "This is a picture.") + _CHOOSE
_ARCHIVE = Words(
    "これは ZIP ファイルまたは Office 文書です。ZIP ファイルの場合は、展開してから中の"
    "アクティベーションファイルを選んでください。",
    "This is a ZIP file or an Office document. Unpack a ZIP file first, and choose the activation "
    "file inside.",
)
_BEGINNINGS = {
    b"%PDF-": _PDF, b"PK\x03\x04": _ARCHIVE, b"\x1f\x8b": _ARCHIVE, b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE, b"GIF8": _PICTURE, b"BM": _PICTURE,
    b"\xff\xfe": _UTF_16, b"\xfe\xff": _UTF_16,
}  # fmt: skip
_MARK = b"\xef\xbb\xbf"
_PART = "[A-Za-z0-9_-]+"
_FIRST = rf"{_PART}\.{_PART}\.[A-Za-z0-9_-]{{86}}"
_SECOND = rf"{_PART}\.\.[A-Za-z0-9_-]{{4412}}"
# Without the line end between the lines: one that was added looks the same.
_WHOLE = re.compile(rf"{_FIRST}({_SECOND})?")
_AS_MADE = re.compile(rf"{_FIRST}(\n{_SECOND})?")
_BEGUN = re.compile(
    rf"eyJ[A-Za-z0-9_-]*(\.{_PART})?(\.[A-Za-z0-9_-]{{0,85}})?"
    rf"|{_FIRST}(eyJ[A-Za-z0-9_-]*)?(\.{{1,2}}[A-Za-z0-9_-]{{0,4411}})?"
)
_HTML = re.compile(rb"(?i)<(!doctype html|html|head|body)")
_QUOTE = re.compile(r"^[ \t]*>[> \t]*", re.MULTILINE)
_UNREADABLE = {Outcome.MALFORMED, Outcome.TOO_LARGE, Outcome.WRONG_TYPE}


def explained(refused: Refused, data: bytes) -> Refused:
    """The same refusal, with what the file is where that is known; the code stays."""
    words = _recognise(data) if refused.outcome in _UNREADABLE else None
    return refused if words is None else Refused(refused.outcome, refused.facts, words)


def _recognise(data: bytes) -> Words | None:
    start = data.lstrip()[:512]
    if not start:
        return _EMPTY
    for beginning, words in _BEGINNINGS.items():
        if data.startswith(beginning):
            return words
    if b"\0" in start[:2]:
        return _UTF_16
    if _HTML.match(start.removeprefix(_MARK)):
        return _WEB_PAGE
    if b"-----BEGIN " in start:
        return _KEY
    return _recognise_text(data)


def _recognise_text(data: bytes) -> Words | None:
    text = data.removeprefix(_MARK).decode("utf-8", "replace").strip()
    bare = "".join(_QUOTE.sub("", text).split())
    if _type_of(bare) == "activation-request+jwt":
        return _REQUEST
    if _type_of(bare) == "emergency-activation+jwt":
        return USE_EMERGENCY
    if _WHOLE.fullmatch(bare):
        if data.startswith(_MARK):
            return _MARKED
        return None if _AS_MADE.fullmatch(without_newline(data).decode("latin-1")) else _WRAPPED
    return _CUT_OFF if _BEGUN.fullmatch(bare) else None


def _type_of(text: str) -> object:
    """The type that the header of a file names, as far as it can be read."""
    head = text.partition(".")[0]
    try:
        return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))).get("typ")
    except (ValueError, AttributeError, RecursionError):
        return None
