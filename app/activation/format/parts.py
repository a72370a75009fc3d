"""A file as parts of plain text, each of which fits one QR code.

docs/formats/activation-files.md describes them. Their letters are those that a handheld scanner
types alike on a Japanese and a US keyboard.
"""

import base64
import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.activation.format.jws import MAX_BYTES
from app.activation.format.packing import MOST_PACKED, Unpackable, pack, unpack

MARK = "LP1-"
# The data of one part, at most: a symbol of version 20 with error correction M, with its head.
PART_CHARACTERS = 940
ID_CHARACTERS = 6
_PART = re.compile(
    r"LP1-([AR])-([A-Z2-7]{6})-([1-9][0-9]{0,2})-([1-9][0-9]{0,2})-([A-Z2-7]+)-([A-Z2-7]{7})"
)
# What Japanese input makes of the hyphen.
_HYPHENS = str.maketrans(dict.fromkeys("ー―‐‑–—−－ｰ", "-"))
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


class Maker(StrEnum):
    """Which side made the file."""

    SYSTEM = "R"
    PORTAL = "A"


class PartsFault(StrEnum):
    """Why parts make no file."""

    EMPTY = "no-parts"
    NOT_PARTS = "not-parts"
    DAMAGED = "damaged-part"
    OTHER_MAKER = "other-maker"
    MIXED = "mixed-parts"
    MISSING = "missing-parts"


class PartsError(ValueError):
    """Parts make no file yet.

    Attributes:
        fault: why.
        missing: the numbers of the missing parts.
        count: how many parts the file has, where it is known.
    """

    def __init__(self, fault: PartsFault, missing: Iterable[int] = (), count: int = 0) -> None:
        super().__init__(fault.value)
        self.fault, self.missing, self.count = fault, tuple(missing), count


@dataclass(frozen=True)
class PartSet:
    """The parts of one file that were read.

    Attributes:
        texts: each part as it is written, by its number.
    """

    maker: Maker
    id: str
    count: int
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        """Return the numbers of the parts that were not read."""
        return [number for number in range(1, self.count + 1) if number not in self.texts]


def split(maker: Maker, data: bytes, most: int = PART_CHARACTERS) -> list[str]:
    """Return a file of at most 64 KiB as parts, each with up to `most` characters of data."""
    text = _base32(zlib.compress(pack(data), 9))
    count = -(-len(text) // most)
    length = -(-len(text) // count)
    head = f"{MARK}{maker}-{_id(data)}"
    pieces = [text[at : at + length] for at in range(0, len(text), length)]
    whole = len(pieces)
    return [_checked(f"{head}-{n}-{whole}-{piece}") for n, piece in enumerate(pieces, start=1)]


def read_parts(text: str, maker: Maker) -> PartSet:
    """Return the parts in a text: in any order and case, repeated, broken into lines.

    Raises:
        PartsError: it has something else than parts of one file that `maker` made.
    """
    plain = _plain(text)
    if not plain:
        raise PartsError(PartsFault.EMPTY)
    before, *others = re.split(f"(?={MARK})", plain)
    if before:
        raise PartsError(PartsFault.NOT_PARTS)
    sets: set[tuple[str, str, int]] = set()
    texts: dict[int, str] = {}
    for part in others:
        made_by, id, number, count = _read_part(part)
        sets.add((made_by, id, count))
        if texts.setdefault(number, part) != part or number > count:
            raise PartsError(PartsFault.DAMAGED if len(sets) == 1 else PartsFault.MIXED)
    if any(made_by != maker for made_by, _, _ in sets):
        raise PartsError(PartsFault.OTHER_MAKER)
    if len(sets) > 1:
        raise PartsError(PartsFault.MIXED)
    [(_, id, count)] = sets
    return PartSet(maker, id, count, dict(sorted(texts.items())))


def join(parts: PartSet) -> bytes:
    """Return the file, byte for byte as it was split.

    Raises:
        PartsError: parts are missing, or they do not make the file that they name.
    """
    if parts.missing:
        raise PartsError(PartsFault.MISSING, parts.missing, parts.count)
    text = "".join(part.split("-")[5] for part in parts.texts.values())
    try:
        compressed = base64.b32decode(text + "=" * (-len(text) % 8))
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(compressed, MOST_PACKED)
        whole = unpacker.eof and not unpacker.unused_data
        data = unpack(packed) if whole else b""
    except (ValueError, zlib.error, Unpackable) as error:
        raise PartsError(PartsFault.DAMAGED) from error
    if len(data) > MAX_BYTES or _id(data) != parts.id:
        raise PartsError(PartsFault.DAMAGED)
    return data


def _read_part(part: str) -> tuple[str, str, int, int]:
    found = _PART.fullmatch(part)
    if not found or _checked(part.rpartition("-")[0]) != part:
        raise PartsError(PartsFault.DAMAGED)
    return found[1], found[2], int(found[3]), int(found[4])


def _plain(text: str) -> str:
    """A text as it was written: scanners and mails change its case and width, and break it."""
    shown = unicodedata.normalize("NFKC", text).translate(_HYPHENS).upper()
    return "".join(c for c in shown if unicodedata.category(c) not in _INVISIBLE)


def _checked(part: str) -> str:
    return f"{part}-{_base32(zlib.crc32(part.encode()).to_bytes(4, 'big'))}"


def _id(data: bytes) -> str:
    return _base32(hashlib.sha256(data).digest())[:ID_CHARACTERS]


def _base32(data: bytes) -> str:
    return base64.b32encode(data).rstrip(b"=").decode()
