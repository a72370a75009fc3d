"""Find the QR codes in one photograph: several ways of looking, the cheapest first.

    python photo_reading.py < PICTURE

writes one line of JSON: the texts of the codes, or why there are none. As a program of its own, a
hostile picture can take this process's time and memory, and nothing else: it has limits, and writes
no file. The portal and the licensed system each have a copy of this file, since neither may import
the other; a test compares them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from typing import IO

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

# Why nothing was read.
NO_PICTURE, HEIF, BROKEN = "no-picture", "heif", "broken-picture"
TOO_LARGE, NO_CODE = "picture-too-large", "no-code"
# What a photograph may cost; the system ends the process that goes beyond time or memory.
MOST_MEMORY = 640 * 1000 * 1000
CPU_SECONDS = 12
# Others go first.
NICENESS = 10
# Phones take up to 50 million pixels. JPEG is opened smaller than that; the others are not.
MOST_PIXELS = 52_000_000
LONGEST_SIDE = 4000
# No further way of looking begins after this.
LOOKING_SECONDS = 6.0
# More than fit on a sheet; each holds up to 4,296 characters.
MOST_CODES = 64
# Only these readers of Pillow ever see the bytes; none of them runs another program.
FORMATS = ("JPEG", "PNG", "WEBP")
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
# "ftyp" and the brands of the pictures that an iPhone takes.
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"}
HEAD_BYTES = 16
QR_CODES = zxingcpp.barcode_formats_from_str("QRCode")
LOCAL, GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
Way = tuple[Image.Image, zxingcpp.Binarizer]


class NotRead(Exception):
    """Nothing was read; `fault` says why."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def read_codes(file: IO[bytes]) -> list[str]:
    """Return the texts of all QR codes in a picture, in the order in which they were found.

    Raises:
        NotRead: the file is not a picture, is too large, or shows no code.
    """
    picture = open_picture(file)
    found: dict[str, None] = {}
    end = time.monotonic() + LOOKING_SECONDS
    for image, binarizer in _ways(picture):
        before = len(found)
        found.update(dict.fromkeys(_read(image, binarizer)))
        # Another look may find a code beside the first ones; a third one rarely does.
        if (before and len(found) == before) or time.monotonic() > end:
            break
    if not found:
        raise NotRead(NO_CODE)
    return list(found)[:MOST_CODES]


def open_picture(file: IO[bytes]) -> Image.Image:
    """Return a picture in shades of gray, upright, and no larger than is of use.

    Raises:
        NotRead: it is no picture that is opened here, or has too many pixels.
    """
    head = file.read(HEAD_BYTES)
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        raise NotRead(HEIF)
    if not head.startswith(SIGNATURES):
        raise NotRead(NO_PICTURE)
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotRead(TOO_LARGE)
            # A JPEG gives a half, a quarter or an eighth of its size without being read whole.
            opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            return _gray(opened)
    except (NotRead, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise NotRead(TOO_LARGE) from error
    except Exception as error:  # Pillow's readers raise what the broken bytes make them raise
        raise NotRead(BROKEN) from error


def _gray(opened: Image.Image) -> Image.Image:
    if opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info:
        # A code may be drawn on nothing; what lies behind it is then white.
        opened = opened.convert("RGBA")
        ground = Image.new("RGBA", opened.size, "white")
        ground.alpha_composite(opened)
        opened = ground
    picture = ImageOps.exif_transpose(opened.convert("L"))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    return picture


def _ways(picture: Image.Image) -> Iterator[Way]:
    """Yield the picture as it is and in other sizes and contrasts, each with a way to read it."""
    yield picture, LOCAL
    half = picture.reduce(2)
    yield half, LOCAL
    # The pixels of a photographed screen make a pattern that a blur takes away.
    soft = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 1000))
    yield soft, LOCAL
    yield ImageOps.autocontrast(soft, cutoff=2), GLOBAL
    yield (
        picture.resize((picture.width * 2, picture.height * 2))
        if max(picture.size) < 2200
        else (half.filter(ImageFilter.UnsharpMask(3, 200))),
        LOCAL,
    )
    yield ImageOps.equalize(half), LOCAL
    yield half.reduce(2), GLOBAL


def _read(image: Image.Image, binarizer: zxingcpp.Binarizer) -> Iterator[str]:
    for code in zxingcpp.read_barcodes(image, formats=QR_CODES, binarizer=binarizer):
        if code.text:
            yield code.text


def main() -> None:
    """Write the texts of the codes in standard input, or why there are none."""
    _limit()
    try:
        # A pipe cannot be read twice.
        _write("codes", read_codes(io.BytesIO(sys.stdin.buffer.read())))
    except NotRead as error:
        _write("fault", error.fault)
    except MemoryError:
        _write("fault", TOO_LARGE)


def _limit() -> None:
    # Windows has no such limits.
    with contextlib.suppress(ImportError):
        resource = import_module("resource")
        for name, most in (
            ("RLIMIT_CPU", CPU_SECONDS),
            ("RLIMIT_AS", MOST_MEMORY),
            ("RLIMIT_FSIZE", 0),
            ("RLIMIT_CORE", 0),
        ):
            # Continue where the system does not know a limit, or has a lower one.
            with contextlib.suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, name), (most, most))
        os.nice(NICENESS)


def _write(kind: str, value: object) -> None:
    sys.stdout.write(json.dumps([kind, value]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
