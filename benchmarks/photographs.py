"""Photographs of QR codes as people take them, made from seeds: the same on every machine.

A code stands on paper or on a screen. The camera looks at it from the side, is a little out of
focus, has too little light or a lamp in the picture, and keeps a JPEG of 60 %.
"""

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1600, 1200
QUALITY = 60
MOST_TILT = 20
SCALE = 8


@dataclass(frozen=True)
class Flaws:
    """What is wrong with a photograph.

    Attributes:
        tilt: degrees by which the camera looks from the side, and upwards or downwards.
        turn: degrees by which it is turned.
        blur: radius in pixels.
        light: share of the light of a well-lit desk.
        screen: whether the code stands on a screen, whose pixels interfere with the camera's.
        glare: whether a lamp is mirrored on a part of it.
    """

    tilt: tuple[float, float]
    turn: float
    blur: float
    light: float
    screen: bool
    glare: bool

    @classmethod
    def drawn(cls, source: random.Random) -> "Flaws":
        """Return flaws by chance; each photograph has most of them."""
        return cls(
            tilt=(source.choice((-1, 1)) * MOST_TILT, source.uniform(-MOST_TILT, MOST_TILT)),
            turn=source.uniform(-12, 12),
            blur=source.uniform(0.5, 2.4),
            light=source.uniform(0.25, 1),
            screen=source.random() < 0.4,
            glare=source.random() < 0.5,
        )


def photograph(text: str, version: int | None, error: str, seed: int) -> bytes:
    """Return a JPEG of the code of a text, taken badly, the same for the same seed."""
    source = random.Random(seed)
    flaws = Flaws.drawn(source)
    sheet = _sheet(text, version, error, source)
    if flaws.screen:
        sheet = _on_screen(sheet)
    picture = _seen(sheet, flaws, source)
    if flaws.glare:
        picture = ImageChops.screen(picture, _lamp(source))
    picture = picture.filter(ImageFilter.GaussianBlur(flaws.blur))
    picture = _in_light(picture, flaws.light, source)
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def sheet_of(texts: Sequence[str]) -> Image.Image:
    """Return the codes of texts side by side, as a page shows them."""
    codes = [_code(text, None, "m") for text in texts]
    high = max(code.height for code in codes)
    sheet = Image.new("L", (sum(code.width for code in codes), high), 255)
    at = 0
    for code in codes:
        sheet.paste(code, (at, 0))
        at += code.width
    return sheet


def _code(text: str, version: int | None, error: str) -> Image.Image:
    code = segno.make_qr(text, error=error, version=version, boost_error=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=SCALE, border=4)
    with Image.open(drawn) as opened:
        return opened.convert("L")


def _sheet(text: str, version: int | None, error: str, source: random.Random) -> Image.Image:
    """The code on its page, with something else around it."""
    picture = _code(text, version, error)
    side = picture.width
    sheet = Image.new("L", (side * 2, side * 3 // 2), 250)
    pen = ImageDraw.Draw(sheet)
    for line in range(6):
        at = side // 24 + line * side // 40
        pen.line((side // 2, at, side // 2 + source.randrange(side // 4, side), at), 40, side // 90)
    sheet.paste(picture, (side // 2, side // 4))
    return sheet


def _on_screen(sheet: Image.Image) -> Image.Image:
    """The sheet on a screen: each pixel of a screen has a dark frame."""
    step = 5
    frame = bytes(190 if place % step == 0 else 255 for place in range(max(sheet.size)))
    across = Image.frombytes("L", (sheet.width, 1), frame[: sheet.width]).resize(sheet.size)
    down = Image.frombytes("L", (1, sheet.height), frame[: sheet.height]).resize(sheet.size)
    return ImageChops.multiply(ImageChops.multiply(sheet, across), down)


def _seen(sheet: Image.Image, flaws: Flaws, source: random.Random) -> Image.Image:
    """The sheet in perspective, before a desk."""
    corners = [_projected(x, y, flaws, sheet.size) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    wide = max(x for x, _ in corners) - min(x for x, _ in corners)
    high = max(y for _, y in corners) - min(y for _, y in corners)
    size = min(WIDTH / wide, HEIGHT / high) * source.uniform(1.1, 1.25)
    places = [(WIDTH / 2 + x * size, HEIGHT / 2 + y * size) for x, y in corners]
    ends = [(0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height)]
    factors = _perspective(places, ends)
    shape = Image.new("L", sheet.size, 255)
    way, how = Image.Transform.PERSPECTIVE, Image.Resampling.BILINEAR
    # A camera sees each place whole: twice the size, then the mean, keeps what lies between pixels.
    desk = Image.new("L", (WIDTH, HEIGHT), source.randrange(60, 150))
    fine = [factors[0] / 2, factors[1] / 2, factors[2], factors[3] / 2, factors[4] / 2, factors[5]]
    fine += [factors[6] / 2, factors[7] / 2]
    seen = sheet.transform((WIDTH * 2, HEIGHT * 2), way, fine, how, fillcolor=0).reduce(2)
    mask = shape.transform((WIDTH, HEIGHT), way, factors, how, fillcolor=0)
    desk.paste(seen, (0, 0), mask)
    return desk


def _projected(x: float, y: float, flaws: Flaws, size: tuple[int, int]) -> tuple[float, float]:
    """A corner of the sheet as the camera sees it from a distance of three of its heights."""
    x = x * size[0] / size[1]
    turn, aside, down = (math.radians(a) for a in (flaws.turn, *flaws.tilt))
    x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
    x, z = x * math.cos(aside), x * math.sin(aside)
    y, z = y * math.cos(down) - z * math.sin(down), y * math.sin(down) + z * math.cos(down)
    distance = 3 / (3 + z)
    return x * distance, y * distance


def _perspective(places: list[tuple[float, float]], ends: list[tuple[int, int]]) -> list[float]:
    """The eight factors that lead from the places of a picture to the ends on the sheet."""
    rows = []
    for (x, y), (u, v) in zip(places, ends, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        pivot = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                pairs = zip(rows[other], rows[at], strict=True)
                rows[other] = [value - factor * pivoted for value, pivoted in pairs]
    return [row[8] for row in rows]


def _lamp(source: random.Random) -> Image.Image:
    """The mirror image of a lamp: bright in its middle."""
    lamp = Image.new("L", (WIDTH, HEIGHT), 0)
    x, y = (source.randrange(side // 4, side * 3 // 4) for side in (WIDTH, HEIGHT))
    wide, high = source.randrange(40, 130), source.randrange(40, 130)
    place = (x - wide, y - high, x + wide, y + high)
    ImageDraw.Draw(lamp).ellipse(place, source.randrange(160, 256))
    return lamp.filter(ImageFilter.GaussianBlur(40))


def _in_light(picture: Image.Image, light: float, source: random.Random) -> Image.Image:
    """Less light leaves less contrast and more noise, and one side is darker."""
    shade = Image.linear_gradient("L").rotate(source.choice((0, 90, 180, 270)))
    shade = shade.point(lambda level: 255 - level * 90 // 255).resize(picture.size)
    dark = ImageChops.multiply(picture, shade).point(lambda level: int(level * light) + 8)
    noise = _noise(source, 6 + 14 * (1 - light))
    return ImageChops.add(dark, noise, 1, -128)


def _noise(source: random.Random, spread: float) -> Image.Image:
    """The noise of a sensor around 128. Pillow's own has no seed."""
    tile = 256
    levels = bytes(min(255, max(0, round(source.gauss(128, spread)))) for _ in range(tile * tile))
    small = Image.frombytes("L", (tile, tile), levels)
    whole = Image.new("L", (WIDTH, HEIGHT))
    for x in range(0, WIDTH, tile):
        for y in range(0, HEIGHT, tile):
            whole.paste(small, (x, y))
    return whole
