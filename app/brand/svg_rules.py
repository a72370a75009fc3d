"""Logos as SVG: read a file strictly, and rewrite it from allowed elements and attributes only.

The portal keeps only what it wrote itself. What is not on the lists below refuses the file, so
that no one gets a logo that looks different from the one they sent.
"""

import re
from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from app.brand.refusal_rules import LogoRefused, Why

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "http://www.w3.org/1999/xlink href"
XML = "http://www.w3.org/XML/1998/namespace"
BETWEEN = " "
HEIGHT = 100
DEEPEST = 20
MOST_ELEMENTS = 500
_SHAPES = """
    svg g path rect circle ellipse line polyline polygon defs linearGradient radialGradient stop
    clipPath mask title desc
"""
ELEMENTS = frozenset(_SHAPES.split())
TEXTUAL = {"title", "desc"}
# Shapes and how they are painted; nothing that loads, runs, moves or styles.
_PAINT = """
    id d x y x1 y1 x2 y2 cx cy r rx ry fx fy width height points viewBox preserveAspectRatio
    transform gradientUnits gradientTransform spreadMethod offset clipPathUnits maskUnits
    maskContentUnits pathLength fill fill-opacity fill-rule stroke stroke-width stroke-linecap
    stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity opacity
    stop-color stop-opacity clip-path clip-rule mask color display visibility shape-rendering
    vector-effect role aria-label aria-hidden
"""
ATTRIBUTES = frozenset(_PAINT.split())
# They mean nothing for the picture, and drawing programs write them into every file.
IGNORED = {
    *("version", "baseProfile", "class", "data-name"),
    *(f"{XML}{BETWEEN}space", f"{XML}{BETWEEN}lang"),
}
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_REFERENCE = re.compile(r"#[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_URL = re.compile(r"""url\(\s*(["']?)#[A-Za-z_][A-Za-z0-9_.-]{0,79}\1\s*\)""")
# Escapes and comments could hide what the next line looks for.
_ODD = re.compile(r"[\\\x00-\x08]|/\*|&|<|(?:java|vb)script|data:|https?:|//|@import|expression")
_NUMBER = re.compile(r"\+?(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(?:px)?")


def clean_svg(content: bytes) -> tuple[bytes, int, int]:
    """Return the picture as the portal keeps it, with its width and height.

    Raises:
        LogoRefused: it is not well-formed UTF-8, or holds what is not allowed.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LogoRefused(Why.NO_PICTURE) from None
    writer = _Writer()
    parser = expat.ParserCreate("utf-8", namespace_separator=BETWEEN)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    parser.CharacterDataHandler = writer.text
    parser.StartDoctypeDeclHandler = _refusing("<!DOCTYPE>")
    parser.EntityDeclHandler = _refusing("<!ENTITY>")
    parser.ProcessingInstructionHandler = _refusing("<?…?>")
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, ValueError):
        raise LogoRefused(Why.NO_PICTURE) from None
    return "".join(writer.written).encode(), *writer.size


def _refusing(what: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise LogoRefused(Why.NOT_ALLOWED, what)

    return refuse


class _Writer:
    """Writes the allowed picture down while it is read."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.size = (0, 0)
        self._open: list[str] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(BETWEEN)
        if namespace != SVG or local not in ELEMENTS:
            raise LogoRefused(Why.NOT_ALLOWED, f"<{local[:40]}>")
        if (local == "svg") != (not self._open):
            # A picture within a picture, or a picture that does not begin with one.
            raise LogoRefused(Why.NOT_ALLOWED, f"<{local[:40]}>")
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise LogoRefused(Why.TOO_INTRICATE)
        if not self._open:
            self.size = _size(attributes)
        self._open.append(local)
        kept = "".join(_kept(key, value) for key, value in attributes.items())
        declared = f' xmlns="{SVG}"{_box(attributes)}' if local == "svg" else ""
        self.written.append(f"<{local}{declared}{kept}>")

    def end(self, _name: str) -> None:
        self.written.append(f"</{self._open.pop()}>")

    def text(self, text: str) -> None:
        if self._open and self._open[-1] in TEXTUAL:
            self.written.append(escape(text))
        elif text.strip():
            raise LogoRefused(Why.NOT_ALLOWED, text.strip()[:20])


def _kept(name: str, value: str) -> str:
    """Return an attribute as it was written; nothing for one that does not matter."""
    if name in IGNORED:
        return ""
    if name in {"href", XLINK_HREF}:
        if not _REFERENCE.fullmatch(value):
            raise LogoRefused(Why.NOT_ALLOWED, f'href="{value[:40]}"')
        return f" href={quoteattr(value)}"
    local = name.rpartition(BETWEEN)[2]
    if name not in ATTRIBUTES:
        raise LogoRefused(Why.NOT_ALLOWED, local[:40])
    rest = _URL.sub("", value)
    odd = "url" in rest.lower() or _ODD.search(rest.lower())
    if odd or (name == "id" and not _ID.fullmatch(value)):
        raise LogoRefused(Why.NOT_ALLOWED, f'{local}="{value[:40]}"')
    return f" {name}={quoteattr(value)}"


def _measures(attributes: dict[str, str]) -> tuple[float, float]:
    """Return width and height: of the view box, or else as they are given in pixels."""
    box = attributes.get("viewBox", "").replace(",", " ").split()
    given = box[2:] if box else [attributes.get("width", ""), attributes.get("height", "")]
    found = [_NUMBER.fullmatch(value.strip()) for value in given]
    measures = [float(match[1]) if match else 0.0 for match in found]
    if len(measures) != 2 or min(measures) <= 0:
        raise LogoRefused(Why.NO_SIZE)
    return measures[0], measures[1]


def _box(attributes: dict[str, str]) -> str:
    """Return the view box that a picture without one needs, to be shown in another size."""
    if "viewBox" in attributes:
        return ""
    width, height = _measures(attributes)
    return f' viewBox="0 0 {width:g} {height:g}"'


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    """Return the proportions as whole numbers, whatever unit the drawing has."""
    width, height = _measures(attributes)
    return max(1, min(20 * HEIGHT, round(width * HEIGHT / height))), HEIGHT
