"""Find the QR codes in one photograph: several ways of looking, the cheapest first."""

import time
from collections.abc import Iterator
from typing import IO

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from app.qr_codes.faults import PhotoFault, Unreadable
from app.qr_codes.limits import LONGEST_SIDE, LOOKING_SECONDS, MOST_CODES, MOST_PIXELS

# Only these readers of Pillow ever see the bytes; none of them runs another program.
FORMATS = ("JPEG", "PNG", "WEBP")
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
# "ftyp" and the brands of the pictures that an iPhone takes.
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"}
HEAD_BYTES = 16
QR_CODES = zxingcpp.barcode_formats_from_str("QRCode")
LOCAL, GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
Way = tuple[Image.Image, zxingcpp.Binarizer]


def read_codes(file: IO[bytes]) -> list[str]:
    """Return the texts of all QR codes in a picture, in the order in which they were found.

    Raises:
        Unreadable: the file is not a picture, is too large, or shows no code.
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
        raise Unreadable(PhotoFault.NO_CODE)
    return list(found)[:MOST_CODES]


def open_picture(file: IO[bytes]) -> Image.Image:
    """Return a picture in shades of gray, upright, and no larger than is of use.

    Raises:
        Unreadable: it is no picture that the portal opens, or has too many pixels.
    """
    head = file.read(HEAD_BYTES)
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        raise Unreadable(PhotoFault.HEIF)
    if not head.startswith(SIGNATURES):
        raise Unreadable(PhotoFault.NO_PICTURE)
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unreadable(PhotoFault.TOO_LARGE)
            # A JPEG gives a half, a quarter or an eighth of its size without being read whole.
            opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            return _gray(opened)
    except (Unreadable, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise Unreadable(PhotoFault.TOO_LARGE) from error
    except Exception as error:  # Pillow's readers raise what the broken bytes make them raise
        raise Unreadable(PhotoFault.BROKEN) from error


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
