"""Static files: read once, named by their hash, compressed beforehand, cached for ever."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import brotli

STATIC = Path(__file__).parent.parent.parent / "static"
FIRST_RULES_END = b"/* What stands above is all that the log-in page is drawn with at first"
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
        # The address says which content it is; any mark will do, and this one is short.
        etag=b'"1"',
        plain=content,
        compressed=brotli.compress(content, quality=11),
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
    path.name: _read(path) for path in sorted(STATIC.iterdir()) if path.suffix in MEDIA_TYPES
}
by_url = {file.url: file for file in _by_name.values()}


def static_url(name: str) -> str:
    """The address of a file of static/, which changes with its content.

    Raises:
        KeyError: there is no such file.
    """
    return _by_name[name].url
