"""In which encoding a text is written: UTF-8, UTF-16, Shift_JIS (CP932), EUC-JP, ISO-2022-JP."""

import codecs
import re
from typing import IO

PIECE = 1024 * 1024
HEAD = 4096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JIS = re.compile(rb"\x1b(\$[@B(]|\([BIJ])")
_KANA = re.compile("[\u3041-\u30fe]")
# Unusual half-width kana, and kanji beside nothing else: EUC read as Shift_JIS.
_NO_KANA_TEXT = re.compile(
    "(?<![ｳｶ-ﾄﾊ-ﾎ])ﾞ|(?<![ﾊ-ﾎ])ﾟ|(?<![ｷｼﾁﾃﾆﾋﾌﾐﾘﾞﾟ])[ｬｭｮ]|(?<![ｦ-ﾟ])[ｧ-ｯ]|[｡､](?=[ｦ-ﾟ])|[\u4e00-\u9fff\ue000-\ufaff]"
)
# Letters with accents of western encodings stand alone beside plain letters.
_ACCENT = re.compile(rb"(?<![\x80-\xff])(?:(?<=[A-Za-z])[\xc0-\xff]|[\xc0-\xff](?=[A-Za-z]))")
_COMMON_KANJI = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xa5\xb0-\xcf][\xa1-\xfe])*[\x80-\xff]?")
_NO_ASCII = re.compile(rb"[\x80-\xff]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")


def encoding_of(file: IO[bytes]) -> str:
    """The encoding's name for Python; it may leave some characters unreadable, never most."""
    file.seek(0)
    head = file.read(HEAD)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _without_mark(head):
        return wide
    wrong = _wrong(file, "utf-8")
    if wrong == 0:
        return "iso2022_jp_ext" if _has_escapes(file) else "utf-8"
    return _legacy(file, wrong)


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark: separators and plain letters have a zero byte on one side."""
    pairs = len(head) // 2
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) * 10 <= pairs or min(odd, even) * 10 > max(odd, even):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _pieces(file: IO[bytes], encoding: str) -> str:
    """A beginning of the file that is long enough to distinguish encodings."""
    file.seek(0)
    return codecs.getincrementaldecoder(encoding)("replace").decode(file.read(PIECE))


def _wrong(file: IO[bytes], encoding: str) -> int:
    """How many characters of a file are none in this encoding."""
    decoder, count = codecs.getincrementaldecoder(encoding)("replace"), 0
    file.seek(0)
    while piece := file.read(PIECE):
        count += decoder.decode(piece).count("\ufffd")
    return count + decoder.decode(b"", True).count("\ufffd")


def _has_escapes(file: IO[bytes]) -> bool:
    file.seek(0)
    return _JIS.search(file.read(PIECE)) is not None


def _is_western(file: IO[bytes]) -> bool:
    file.seek(0)
    head = file.read(PIECE)
    return len(_NO_ASCII.findall(head)) == len(_ACCENT.findall(head))


def _is_common_kanji(file: IO[bytes]) -> bool:
    file.seek(0)
    return _COMMON_KANJI.fullmatch(file.read(PIECE)) is not None


def _legacy(file: IO[bytes], wrong_in_utf8: int) -> str:
    if _is_western(file):
        # The country cannot be known: each such character is unreadable.
        return "ascii"
    shift, extended = _wrong(file, "cp932"), _wrong(file, "euc_jp")
    if extended == 0 and _NO_KANA_TEXT.search(_pieces(file, "cp932")):
        return "euc_jp"
    if extended <= shift and extended < wrong_in_utf8:
        # EUC is often also valid as Shift_JIS, which then reads half-width kana and little else.
        half = len(_HALF_WIDTH.findall(_pieces(file, "cp932")))
        if shift > extended or half > len(_KANA.findall(_pieces(file, "euc_jp"))) > 0:
            return "euc_jp"
    if extended == shift == 0 and _is_common_kanji(file):
        # Kanji of one encoding or half-width kana of the other: it cannot be known.
        return "ascii"
    return "cp932" if shift <= wrong_in_utf8 else "utf-8"
