"""Logos: an SVG or a PNG, small, and safe to show to everyone."""

from app.brand.png_rules import SIGNATURE, clean_png
from app.brand.refusal_rules import LogoRefused, Why
from app.brand.svg_rules import clean_svg
from app.web.brand import Logo

LARGEST = 20_000


def read_logo(content: bytes) -> Logo:
    """Return the logo in a file, as the portal keeps it.

    Raises:
        LogoRefused: it is too large, neither SVG nor PNG, or not safe.
    """
    if len(content) > LARGEST:
        raise LogoRefused(Why.TOO_LARGE)
    if content.startswith(SIGNATURE):
        return Logo(*_typed(clean_png(content), "image/png"))
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise LogoRefused(Why.NO_PICTURE)
    cleaned = clean_svg(content)
    if len(cleaned[0]) > LARGEST:
        raise LogoRefused(Why.TOO_LARGE)
    return Logo(*_typed(cleaned, "image/svg+xml"))


def _typed(cleaned: tuple[bytes, int, int], kind: str) -> tuple[bytes, str, int, int]:
    content, width, height = cleaned
    return content, kind, width, height
