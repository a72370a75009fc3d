"""Static files: read once, named by their hash, compressed beforehand, cached for ever."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import brotli

STATIC = Path(__file__).parent.parent.parent / "static"
MEDIA_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
}

_GAP = rb"(?:\s|/\*.*?\*/)+"
_CSS_PIECES = re.compile(
    rb"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)"']*\)|\\.)"""
    rb"|(?P<end>(?:;|%(gap)s)*\}(?:%(gap)s)?)"
    rb"|(?:%(gap)s)?(?P<mark>[{;,>])(?:%(gap)s)?"
    rb"|(?P<colon>:)%(gap)s"
    rb"|(?P<gap>%(gap)s)" % {b"gap": _GAP},
    re.DOTALL,
)


@dataclass(frozen=True)
class StaticFile:
    """A file of static/ as it is sent."""

    url: str
    media_type: bytes
    etag: bytes
    plain: bytes
    compressed: bytes


def tightened(css: bytes) -> bytes:
    """A style sheet without comments and without white space that means nothing.

    The source can so be written for people. Strings, addresses, and white space that separates
    words or stands before a colon (it is a selector there) stay as they are.
    """

    def piece(match: re.Match[bytes]) -> bytes:
        if match["text"]:
            return match["text"]
        if match["end"]:
            return b"}"
        if match["gap"]:
            comment_only = not re.sub(rb"/\*.*?\*/", b"", match["gap"], flags=re.DOTALL)
            return b"/**/" if comment_only else b" "
        return match["mark"] or match["colon"]

    return _CSS_PIECES.sub(piece, css).strip()


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    if path.suffix == ".css":
        content = tightened(content)
    digest = hashlib.sha256(content).hexdigest()[:10]
    return StaticFile(
        url=f"/static/{path.stem}.{digest}{path.suffix}",
        media_type=MEDIA_TYPES[path.suffix],
        etag=f'"{digest}"'.encode(),
        plain=content,
        compressed=brotli.compress(content, quality=11),
    )


_by_name = {
    path.name: _read(path) for path in sorted(STATIC.iterdir()) if path.suffix in MEDIA_TYPES
}
by_url = {file.url: file for file in _by_name.values()}


def static_url(name: str) -> str:
    """The address of a file of static/, which changes with its content.

    Raises:
        KeyError: there is no such file.
    """
    return _by_name[name].url
