"""Photographs are read as people take them, and hostile pictures hurt nobody."""

import io
import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.qr_codes import reading
from app.qr_codes.drawing import draw
from app.qr_codes.faults import PhotoFault, Unreadable
from app.qr_codes.process import read_photo
from app.qr_codes.reading import LONGEST_SIDE, open_picture, read_codes
from benchmarks.photographs import photograph, sheet_of
from licensed_system import photo_reading

TEXTS = ["LP1-R-ABCDEF-1-2-" + "AB23" * 100, "LP1-R-ABCDEF-2-2-" + "ZX76" * 100]


def test_the_portal_and_the_licensed_system_read_with_the_same_code() -> None:
    """Neither may import the other, so each has a copy; change both."""
    ours, theirs = (Path(module.__file__ or "") for module in (reading, photo_reading))
    assert ours.read_bytes() == theirs.read_bytes()


def _as(kind: str, picture: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _sheet() -> Image.Image:
    return sheet_of(TEXTS)


def _read(content: bytes) -> list[str]:
    """What the separate process reads."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_photo(file)


def _fault(content: bytes) -> PhotoFault:
    with pytest.raises(Unreadable) as refused:
        _read(content)
    return refused.value.fault


@pytest.mark.parametrize("seed", range(12))
def test_a_bad_photograph_is_read(seed: int) -> None:
    assert TEXTS[0] in read_codes(io.BytesIO(photograph(TEXTS[0], 17, "m", seed)))


def test_all_codes_of_one_picture_are_read_in_a_process_of_its_own() -> None:
    assert set(_read(_as("PNG", _sheet()))) == set(TEXTS)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
        *(("PNG", mode) for mode in ("1", "L", "RGB", "P", "I;16", "RGBA", "LA")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_every_kind_of_picture_is_read(kind: str, mode: str) -> None:
    content = _as(kind, _sheet().convert(mode))
    assert set(read_codes(io.BytesIO(content))) == set(TEXTS)


def test_a_code_drawn_on_nothing_is_read() -> None:
    sheet = _sheet()
    clear = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=sheet.point(lambda level: 255 if level < 128 else 0))
    assert set(read_codes(io.BytesIO(_as("PNG", clear)))) == set(TEXTS)


def test_a_photo_is_turned_as_its_camera_was_and_made_smaller() -> None:
    wide = Image.new("L", (6000, 1000), 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    opened = open_picture(io.BytesIO(_as("JPEG", wide, exif=exif)))
    assert opened.height > opened.width and max(opened.size) <= LONGEST_SIDE


def test_the_codes_that_the_portal_draws_scale_with_their_page() -> None:
    picture = draw(TEXTS[0])
    assert b"viewBox" in picture and b"style" not in picture and b"script" not in picture


def _png(width: int, height: int, data: bytes) -> bytes:
    """A PNG by hand, in shades of gray; `data` is what its pixels are compressed as."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    )


def _many_frames(count: int) -> bytes:
    """A GIF with many frames of one pixel."""
    head = b"GIF89a\x01\0\x01\0\x80\0\0" + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\0"
    return head + frame * count + b";"


HOSTILE: dict[str, tuple[Callable[[], bytes], set[PhotoFault]]] = {
    "nothing": (lambda: b"", {PhotoFault.NO_PICTURE}),
    "text": (lambda: b"LP1-R", {PhotoFault.NO_PICTURE}),
    "svg": (lambda: draw(TEXTS[0]), {PhotoFault.NO_PICTURE}),
    "html": (lambda: b"<!doctype html><script>", {PhotoFault.NO_PICTURE}),
    "pdf": (lambda: b"%PDF-1.7\n" + b"0" * 100, {PhotoFault.NO_PICTURE}),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", {PhotoFault.NO_PICTURE}),
    "tiff": (lambda: _as("TIFF", _sheet()), {PhotoFault.NO_PICTURE}),
    "gif with 10,000 frames": (lambda: _many_frames(10_000), {PhotoFault.NO_PICTURE}),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", {PhotoFault.HEIF}),
    "a wave file": (lambda: b"RIFF\x24\0\0\0WAVEfmt ", {PhotoFault.BROKEN}),
    "bomb by its size": (
        lambda: _png(60_000, 60_000, zlib.compress(b"\0" * 1000)),
        {PhotoFault.TOO_LARGE},
    ),
    "bomb by its pixels": (
        lambda: _png(7000, 7000, zlib.compress(b"\0" * 7001 * 7000, 9)),
        {PhotoFault.NO_CODE},
    ),
    "more pixels than it says": (
        lambda: _png(10, 10, zlib.compress(b"\0" * 100_000_000, 9)),
        {PhotoFault.NO_CODE, PhotoFault.BROKEN},
    ),
    "cut off png": (lambda: _as("PNG", _sheet())[:2000], {PhotoFault.BROKEN}),
    "cut off jpeg": (lambda: _as("JPEG", _sheet())[:2000], {PhotoFault.BROKEN}),
    "jpeg head alone": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 50, {PhotoFault.BROKEN}),
    "png head alone": (lambda: b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, {PhotoFault.BROKEN}),
    "an empty picture": (lambda: _as("PNG", Image.new("L", (1, 1))), {PhotoFault.NO_CODE}),
    "a picture of something else": (
        lambda: _as("PNG", Image.linear_gradient("L")),
        {PhotoFault.NO_CODE},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_photograph_is_refused_by_name(name: str) -> None:
    make, faults = HOSTILE[name]
    assert _fault(make()) in faults


def test_a_picture_that_is_also_something_else_is_read_as_a_picture_alone() -> None:
    both = _as("JPEG", _sheet()) + b"PK\x03\x04<script>alert(1)</script>%PDF-1.7"
    assert set(_read(both)) == set(TEXTS)


def test_a_noise_of_squares_ends_within_the_limit_of_time() -> None:
    picture = Image.new("L", (3000, 3000), 255)
    pen = ImageDraw.Draw(picture)
    for x in range(0, 3000, 28):
        for y in range(0, 3000, 28):
            for inset, level in ((0, 0), (4, 255), (8, 0)):
                pen.rectangle((x + inset, y + inset, x + 27 - inset, y + 27 - inset), level)
    assert _fault(_as("PNG", picture)) in {PhotoFault.NO_CODE, PhotoFault.TOO_LARGE}
