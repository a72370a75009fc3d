"""Signed files with their base64url taken out, so that they compress: any bytes, and back again.

A signed file is base64url of JSON, which has base64url of keys and of another signed file in it.
Compression finds nothing in base64url; in what it stands for, it does.
"""

import re
from collections.abc import Iterator

from app.activation.format.jws import MAX_BYTES, decode_base64url, encode_base64url

# Shorter runs are words and ids, which compress as they are.
SHORTEST_RUN = 43
# The file, its payload, the keyset in it, and the keys in that.
LEVELS = 3
MOST_PACKED = MAX_BYTES + 1024
LONGEST_NUMBER = 3
_RUN = re.compile(rb"[A-Za-z0-9_-]{%d,}" % SHORTEST_RUN)


class Unpackable(ValueError):
    """These bytes were not made by `pack`."""


def pack(data: bytes, levels: int = LEVELS) -> bytes:
    """Return a file with each run of base64url as the bytes that it stands for, packed again.

    What stands between runs is kept as it is, and both have their length before them.
    """
    if not levels:
        return data
    packed, at = bytearray(), 0
    for run in _RUN.finditer(data):
        try:
            decoded = decode_base64url(run[0].decode())
        except ValueError:
            continue
        packed += _measured(data[at : run.start()]) + _measured(pack(decoded, levels - 1))
        at = run.end()
    return bytes(packed) + _measured(data[at:])


def unpack(packed: bytes, levels: int = LEVELS) -> bytes:
    """Return the file that `pack` was given.

    Raises:
        Unpackable: the bytes are none that `pack` makes.
    """
    if not levels:
        return packed
    data = bytearray()
    for place, piece in enumerate(_pieces(packed)):
        is_run = place % 2
        data += encode_base64url(unpack(piece, levels - 1)).encode() if is_run else piece
        if len(data) > MAX_BYTES:
            raise Unpackable
    return bytes(data)


def _measured(piece: bytes) -> bytes:
    """A piece with its length before it: seven bits a byte, the lowest first (LEB128)."""
    length, number = len(piece), bytearray()
    while length > 127:
        number.append(length & 127 | 128)
        length >>= 7
    return bytes([*number, length]) + piece


def _pieces(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        length = shift = 0
        while True:
            if at == len(packed) or shift == 7 * LONGEST_NUMBER:
                raise Unpackable
            byte = packed[at]
            at, length, shift = at + 1, length | (byte & 127) << shift, shift + 7
            if byte < 128:
                break
        if length > len(packed) - at:
            raise Unpackable
        yield packed[at : at + length]
        at += length
