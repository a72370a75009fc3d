"""Static files: read once, named by their hash, compressed beforehand, cached for ever.

Pictures and films of the guide are compressed already: they are sent as they are, and a player
may ask for a range of them.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import brotli

from app.shipped import shipped

STATIC = shipped("static")
FIRST_RULES_END = b"/* What stands above is all that the log-in page is drawn with at first"
MEDIA_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".vtt": b"text/vtt; charset=utf-8",
    ".webm": b"video/webm",
    ".webp": b"image/webp",
}
COMPRESSED_ALREADY = {".webm", ".webp"}
ONLY_LOADED = {".css", ".js"}

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
    """A file of static/, ready to send.

    Attributes:
        compressed: by brotli; None if that gains nothing.
        only_loaded: by a page; opened by itself it shows its source. The others may be looked at.
    """

    url: str
    media_type: bytes
    etag: bytes
    plain: bytes
    compressed: bytes | None
    only_loaded: bool


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
    folder = path.relative_to(STATIC).parent.as_posix()
    below = "" if folder == "." else f"{folder}/"
    packed = path.suffix in COMPRESSED_ALREADY
    return StaticFile(
        url=f"/static/{below}{path.stem}.{digest}{path.suffix}",
        media_type=MEDIA_TYPES[path.suffix],
        # The address says which content it is; any mark will do, and this one is short.
        etag=b'"1"',
        plain=content,
        compressed=None if packed else brotli.compress(content, quality=11),
        only_loaded=path.suffix in ONLY_LOADED,
    )


def _first_rules(css: bytes) -> bytes:
    """The beginning of the style sheet, which the log-in page carries in itself.

    On a slow line the page is so drawn after one round trip; the whole sheet follows at its end.

    Raises:
        ValueError: the style sheet has lost the mark.
    """
    rules, mark, _ = css.partition(FIRST_RULES_END)
    if not mark:
        raise ValueError("static/portal.css does not say where the first rules end")
    return tightened(rules)


first_rules = _first_rules((STATIC / "portal.css").read_bytes())
first_rules_hash = base64.b64encode(hashlib.sha256(first_rules).digest())
_by_name = {
    path.relative_to(STATIC).as_posix(): _read(path)
    for path in sorted(STATIC.rglob("*"))
    if path.suffix in MEDIA_TYPES
}
by_url = {file.url: file for file in _by_name.values()}


def static_url(name: str) -> str:
    """The address of a file of static/, which changes with its content.

    Args:
        name: its path below static/.

    Raises:
        KeyError: there is no such file.
    """
    return _by_name[name].url


def static_size(name: str) -> int:
    """Bytes of a file of static/.

    Raises:
        KeyError: there is no such file.
    """
    return len(_by_name[name].plain)


def picture_size(name: str) -> tuple[int, int]:
    """Width and height of a picture of static/ in pixels.

    Raises:
        KeyError: there is no such file.
        ValueError: it is no WebP without loss and without alpha extensions (RFC 9649, 3.4).
    """
    head = _by_name[name].plain[:25]
    if head[8:16] != b"WEBPVP8L":
        raise ValueError(f"{name} is no lossless WebP")
    sizes = int.from_bytes(head[21:25], "little")
    return (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1
