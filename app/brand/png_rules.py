"""A logo as PNG: checked piece by piece, and kept without anything but the picture."""

import struct
import zlib
from collections.abc import Iterator

from app.brand.refusal_rules import LogoRefused, Why

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the picture needs (PNG, third edition, 11.2, 11.3.1 and 11.3.2). Texts, times, places and
# further frames are left out.
KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM"}
LARGEST_SIDE = 2000
# Channels of each colour type, and the depths it may have.
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
# First column and row, and the steps, of each pass of an interlaced picture.
PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


def clean_png(content: bytes) -> tuple[bytes, int, int]:
    """Return the picture as the portal keeps it, with its width and height.

    Raises:
        LogoRefused: it is damaged, or too large.
    """
    chunks = list(_chunks(content))
    names = [name for name, _ in chunks]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or names.count(b"IHDR") != 1:
        raise LogoRefused(Why.NO_PICTURE)
    width, height, size = _header(chunks[0][1])
    _check_data(b"".join(data for name, data in chunks if name == b"IDAT"), size)
    kept = [_written(name, data) for name, data in chunks if name in KEPT]
    return SIGNATURE + b"".join(kept), width, height


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(content):
        head = content[place : place + 8]
        if len(head) < 8:
            raise LogoRefused(Why.NO_PICTURE)
        length, name = struct.unpack(">I4s", head)
        data = content[place + 8 : place + 8 + length]
        mark = content[place + 8 + length : place + 12 + length]
        if len(data) < length or mark != struct.pack(">I", zlib.crc32(name + data)):
            raise LogoRefused(Why.NO_PICTURE)
        yield name, data
        if name == b"IEND":
            return  # what follows belongs to no picture
        place += 12 + length


def _written(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _header(data: bytes) -> tuple[int, int, int]:
    """Return width, height, and how many bytes the picture has when it is unpacked."""
    if len(data) != 13:
        raise LogoRefused(Why.NO_PICTURE)
    width, height, depth, kind, packing, filters, interlaced = struct.unpack(">IIBBBBB", data)
    known = depth in DEPTHS.get(kind, ()) and (packing, filters) == (0, 0) and interlaced < 2
    if not known or not width or not height:
        raise LogoRefused(Why.NO_PICTURE)
    if max(width, height) > LARGEST_SIDE:
        raise LogoRefused(Why.TOO_LARGE)
    bits = depth * CHANNELS[kind]
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    return width, height, sum(_pass_bytes(width, height, bits, *each) for each in passes)


def _pass_bytes(width: int, height: int, bits: int, x: int, y: int, dx: int, dy: int) -> int:
    columns, rows = max(0, -(-(width - x) // dx)), max(0, -(-(height - y) // dy))
    # Each row begins with the number of its filter.
    return rows * (1 + -(-columns * bits // 8)) if columns else 0


def _check_data(packed: bytes, size: int) -> None:
    """Unpack it, but never more than the header announces.

    Raises:
        LogoRefused: it is not the picture that the header announces.
    """
    unpacking = zlib.decompressobj()
    try:
        found = len(unpacking.decompress(packed, size + 1))
    except zlib.error:
        raise LogoRefused(Why.NO_PICTURE) from None
    if found != size or not unpacking.eof:
        raise LogoRefused(Why.NO_PICTURE)
