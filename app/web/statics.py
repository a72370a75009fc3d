"""Static files: read once, named by their hash, compressed beforehand, cached for ever."""

import hashlib
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


@dataclass(frozen=True)
class StaticFile:
    """A file of static/ as it is sent."""

    url: str
    media_type: bytes
    etag: bytes
    plain: bytes
    compressed: bytes


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
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
