"""The base64url of a signed file as the bytes that it stands for, so that the file compresses."""

from __future__ import annotations

import re

from licensed_system import jws

SHORTEST_RUN = 43
LEVELS = 3  # a file, its payload, and the keyset in that
_RUN = re.compile(rb"[A-Za-z0-9_-]{%d,}" % SHORTEST_RUN)
_LONGEST_NUMBER = 3


def pack(data: bytes, levels: int = LEVELS) -> bytes:
    """Any bytes, with each run of base64url decoded and packed again; lengths stand before."""
    if levels == 0:
        return data
    pieces, at = [], 0
    for run in _RUN.finditer(data):
        try:
            decoded = jws.decode(run[0].decode("ascii"))
        except ValueError:  # not the only spelling of these bytes, so it could not be restored
            continue
        pieces += [data[at : run.start()], pack(decoded, levels - 1)]
        at = run.end()
    return b"".join(_number(len(piece)) + piece for piece in [*pieces, data[at:]])


def unpack(packed: bytes, levels: int = LEVELS) -> bytes:
    """The bytes that were packed. Raises ``ValueError``."""
    if levels == 0:
        return packed
    found, at, is_run = bytearray(), 0, False
    while at < len(packed):
        length, at = _read_number(packed, at)
        if length > len(packed) - at:
            raise ValueError("cut off")
        piece = packed[at : at + length]
        found += jws.encode(unpack(piece, levels - 1)).encode("ascii") if is_run else piece
        if len(found) > jws.MAX_BYTES:
            raise ValueError("too large")
        at, is_run = at + length, not is_run
    return bytes(found)


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all bytes but the last have the highest bit (LEB128)."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_NUMBER):
        if at + place == len(data):
            break
        byte = data[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise ValueError("not a length")
