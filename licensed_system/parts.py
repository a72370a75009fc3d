"""A file as text in several parts, for QR codes, and the same file out of what a scanner typed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
import zlib
from dataclasses import dataclass

from licensed_system import jws, packing
from licensed_system.languages import Words
from licensed_system.outcomes import Outcome, Refused, refuse

MARK = "LP1-"
FROM_SYSTEM, FROM_PORTAL = "R", "A"
# A request is photographed, so its codes are coarse: version 17, error correction M.
CHARACTERS = 700
_ID_CHARACTERS = 6
_LARGEST = jws.MAX_BYTES + 1024
_PART = re.compile(
    r"LP1-([AR])-([A-Z2-7]{6})-([1-9][0-9]{0,2})-([1-9][0-9]{0,2})-([A-Z2-7]+)-([A-Z2-7]{7})"
)
_HYPHENS = str.maketrans(dict.fromkeys("ー―‐‑–—−", "-"))  # of Japanese input
_NOT_SHOWN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_NO_PARTS = Words(
    "QR コードの文字列（LP1- で始まるもの）ではありません。日本語入力をオフにして、"
    "ポータルに表示された QR コードをすべて読み取ってください。",
    "This is not the text of QR codes, which begins with LP1-. Turn off Japanese input, and scan "
    "all QR codes that the portal shows.",
)
_REQUEST = Words(
    "これは、このシステムのリクエストファイルの QR コードです。"
    "ポータルに表示された QR コードを読み取ってください。",
    "These are the QR codes of a request file, which this system makes. Scan the QR codes that the "
    "portal shows.",
)


@dataclass(frozen=True)
class _Part:
    maker: str
    id: str
    number: int
    count: int
    data: str


def split(data: bytes, maker: str = FROM_SYSTEM, most: int = CHARACTERS) -> list[str]:
    """A file as parts, each with up to ``most`` characters of data."""
    text = _base32(zlib.compress(packing.pack(data), 9))
    length = -(-len(text) // -(-len(text) // most))
    pieces = [text[at : at + length] for at in range(0, len(text), length)]
    head = f"{MARK}{maker}-{_id(data)}"
    return [
        _checked(f"{head}-{number}-{len(pieces)}-{piece}")
        for number, piece in enumerate(pieces, start=1)
    ]


def join(text: str, maker: str = FROM_PORTAL) -> bytes:
    """The file whose parts are in ``text``, in any order and case, repeated or broken into lines.

    Raises ``Refused``: ``malformed``, ``wrong-type``, ``damaged-part``, ``mixed-parts`` or
    ``missing-parts``.
    """
    parts = _read(_plain(text))
    if any(part.maker != maker for part in parts):
        raise Refused(Outcome.WRONG_TYPE, {}, _REQUEST)
    if len({(part.id, part.count) for part in parts}) > 1:
        raise refuse(Outcome.MIXED_PARTS)
    pieces: dict[int, str] = {}
    for part in parts:
        if part.number > part.count or pieces.setdefault(part.number, part.data) != part.data:
            raise refuse(Outcome.DAMAGED_PART)
    count = parts[0].count
    if missing := [str(number) for number in range(1, count + 1) if number not in pieces]:
        raise refuse(Outcome.MISSING_PARTS, missing=", ".join(missing), count=str(count))
    data = _restored("".join(pieces[number] for number in range(1, count + 1)))
    if _id(data) != parts[0].id:
        raise refuse(Outcome.DAMAGED_PART)
    return data


def _read(plain: str) -> list[_Part]:
    before, *texts = re.split(f"(?={MARK})", plain)
    if before or not texts:
        raise Refused(Outcome.MALFORMED, {}, _NO_PARTS)
    parts = []
    for text in texts:
        found = _PART.fullmatch(text)
        if not found or _checked(text.rpartition("-")[0]) != text:
            raise refuse(Outcome.DAMAGED_PART)
        parts.append(_Part(found[1], found[2], int(found[3]), int(found[4]), found[5]))
    return parts


def _restored(text: str) -> bytes:
    try:
        compressed = base64.b32decode(text + "=" * (-len(text) % 8))
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(compressed, _LARGEST)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("not all of it")
        return packing.unpack(packed)
    except (ValueError, binascii.Error, zlib.error) as fault:
        raise refuse(Outcome.DAMAGED_PART) from fault


def _plain(text: str) -> str:
    """The text as it was written, whatever the keyboard, the scanner or a mail made of it."""
    shown = unicodedata.normalize("NFKC", text).translate(_HYPHENS).upper()
    return "".join(c for c in shown if unicodedata.category(c) not in _NOT_SHOWN)


def _checked(part: str) -> str:
    return f"{part}-{_base32(zlib.crc32(part.encode('ascii')).to_bytes(4, 'big'))}"


def _id(data: bytes) -> str:
    return _base32(hashlib.sha256(data).digest())[:_ID_CHARACTERS]


def _base32(data: bytes) -> str:
    return base64.b32encode(data).rstrip(b"=").decode("ascii")
