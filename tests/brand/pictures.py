"""Logos for tests: good ones, and the pieces of bad ones."""

import struct
import zlib

from app.brand.png_rules import SIGNATURE

SVG = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" version="1.1">'
    "<!-- drawn by hand --><title>Acme &amp; Co.</title>"
    '<defs><linearGradient id="g"><stop offset="0" stop-color="#0017c1"/></linearGradient></defs>'
    '<rect width="120" height="40" fill="url(#g)"/><path d="M0 0L10 10Z"/></svg>'
)


def svg(inside: str, attributes: str = "") -> bytes:
    """An SVG that holds something."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 10 10" {attributes}>{inside}</svg>'
    ).encode()


def chunk(name: bytes, data: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int = 30,
    height: int = 10,
    *,
    rows: bytes | None = None,
    extra: bytes = b"",
    laced: int = 0,
) -> bytes:
    """A grey PNG; `rows` are its bytes before packing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, laced)
    plain = (b"\0" + b"\x80" * width) * height if rows is None else rows
    packed = chunk(b"IDAT", zlib.compress(plain))
    return SIGNATURE + chunk(b"IHDR", header) + extra + packed + chunk(b"IEND", b"")
