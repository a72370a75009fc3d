"""Stored files on their way to people: streamed, and resumed where a connection broke."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

from app.storage import Storage
from app.web.http.ranges import Selection, Validators, select
from app.web.requests import PageRequest, is_head

# Each piece that is written has to leave within the write time-out, on a slow line too.
SEND_BYTES = 64 * 1024
# The browser keeps it and asks each time, and access is checked each time. Proxies must not
# compress it, or a range of it would differ.
CACHE_CONTROL = "private, no-cache, no-transform"
# Pages run scripts and take styles from their own address, which also has uploaded files: what a
# browser would take for one of these it gets as bytes.
ACTIVE_TYPE = re.compile("script|css", re.IGNORECASE)
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True)
class Download:
    """A file in storage, as people get it.

    Attributes:
        key: its name in the store.
        name: the file name that people see.
        size: bytes.
        sha256: lower-case hex of its content; makes the ETag.
        modified_at: since when it is what it is.
    """

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    modified_at: datetime

    @property
    def validators(self) -> Validators:
        """The ETag and Last-Modified validators."""
        moment = self.modified_at.astimezone(UTC).replace(microsecond=0)
        return Validators(f'"{self.sha256}"', moment)


def selection(request: PageRequest, file: Download) -> Selection:
    """What of the file the request gets."""
    return select(_single_headers(request), file.size, file.validators, head=is_head(request))


async def send_file(
    request: PageRequest, storage: Storage, file: Download, selected: Selection | None = None
) -> Response[Any]:
    """Answer with a stored file, or the part of it that the request wants.

    The caller has decided that the person may have it. Answers 200, 206, 304, 412 or 416
    (RFC 9110); HEAD gets the same headers as GET.

    Args:
        selected: what `selection` said, where it was asked before.

    Raises:
        FileNotFoundError: the store has lost the file.
        StorageError: the store refuses or does not answer.
    """
    selected = selected or selection(request, file)
    headers = _headers(file, selected)
    if is_head(request) or selected.start == selected.stop:
        return Response(
            b"", status_code=int(selected.status), headers=headers, media_type="text/plain"
        )
    pieces = storage.read(file.key, selected.start, selected.stop)
    # Before the answer begins: if the store does not answer, it is an error page, not half a file.
    first = await anext(pieces)
    return Stream(
        _slices(first, pieces),
        status_code=int(selected.status),
        headers=headers,
    )


def attachment(name: str) -> str:
    """Content-Disposition of a file to save, in any script (RFC 6266).

    A plain name for old programs, and the whole one as RFC 8187 writes it.
    """
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%/' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, '', errors='replace')}"


def file_answer(name: str, content: bytes | str, media_type: str) -> Response[Any]:
    """Answer with a small file to save, which no cache keeps."""
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, status_code=200, headers=headers)


async def _slices(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    piece: bytes | None = first
    while piece is not None:
        for start in range(0, len(piece), SEND_BYTES):
            yield piece[start : start + SEND_BYTES]
        piece = await anext(pieces, None)


def _headers(file: Download, selected: Selection) -> dict[str, str]:
    now = file.validators
    headers = {
        "ETag": now.etag,
        "Last-Modified": format_datetime(now.modified_at, usegmt=True),
        "Cache-Control": CACHE_CONTROL,
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    }
    if selected.gives:
        active = ACTIVE_TYPE.search(file.media_type)
        headers["Content-Type"] = "application/octet-stream" if active else file.media_type
        headers["Content-Disposition"] = attachment(file.name)
        headers["Content-Length"] = str(selected.stop - selected.start)
    if selected.status == HTTPStatus.PARTIAL_CONTENT:
        headers["Content-Range"] = f"bytes {selected.start}-{selected.stop - 1}/{file.size}"
    elif selected.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        headers["Content-Range"] = f"bytes */{file.size}"
    return headers


def _single_headers(request: PageRequest) -> Mapping[str, str]:
    """The request's headers; several of one name are one list (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for key, value in request.scope["headers"]:
        name, text = key.decode("latin-1"), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found
