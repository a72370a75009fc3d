"""A large file out of a sent form, as it comes: it is never held, neither in memory nor on disk."""

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, replace

from litestar.exceptions import ClientException
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from app.web.i18n import gettext as _
from app.web.requests import PageRequest

MOST_PARTS = 20
# Where a field takes several files; the form says what it thinks of more than it asked for.
MOST_FILES = 400
# What a header can say: type and subtype (RFC 6838), short, without parameters.
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{,48}/[a-z0-9][a-z0-9!#$&^_.+-]{,48}")
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class StreamedFile:
    """The first file of a form.

    Attributes:
        name: what the browser calls it; may hold anything.
        media_type: what the browser takes it for, where a header can say it.
        chunks: its bytes, to be read once; ends with ClientException where the rest did not come.
    """

    name: str
    media_type: str
    chunks: AsyncIterator[bytes]


async def stream_file(body: AsyncIterable[bytes], content_type: str) -> StreamedFile | None:
    """The first file of a multipart form, ready to be read; None if no file was chosen.

    Fields before the file are passed over, what comes after it is not read: an upload's form has
    its other fields in the address, or in a separate form.

    Args:
        body: the request's body, `request.stream()`.
        content_type: the request's Content-Type.

    Raises:
        ClientException: not a multipart form, or a broken one.
    """
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data":
        raise ClientException("This is not a form with a file.")
    events = _events(body, options.get("boundary", ""))
    async for event in events:
        if isinstance(event, MultipartSegment) and event.filename:
            said = (event.content_type or "").lower()
            media_type = said if MEDIA_TYPE.fullmatch(said) else UNKNOWN_TYPE
            return StreamedFile(event.filename, media_type, _content(events))
    return None


async def _content(events: AsyncIterator[MultipartSegment | bytes | None]) -> AsyncIterator[bytes]:
    async for event in events:
        if not isinstance(event, (bytes, bytearray)):
            return
        yield bytes(event)


async def _events(
    body: AsyncIterable[bytes], boundary: str, most: int = MOST_PARTS
) -> AsyncIterator[MultipartSegment | bytes | None]:
    """What the parser finds: a part, its bytes, None at its end."""
    try:
        with PushMultipartParser(boundary, max_segment_count=most, strict=True) as parser:
            async for chunk in body:
                for event in parser.parse(chunk) if chunk else ():
                    yield event
    except (MultipartError, ValueError, LookupError) as error:
        raise ClientException("The form is broken.") from error


async def chosen_file(request: PageRequest) -> StreamedFile | str:
    """The file that a form was sent with; otherwise the error: none was chosen, or it is empty."""
    content_type, file = request.headers.get("content-type", ""), None
    if content_type.startswith("multipart/form-data"):
        file = await stream_file(request.stream(), content_type)
    if file is None:
        return _("Select a file.")
    if not (first := await anext(file.chunks, b"")):
        return _("The file is empty. Select another file.")
    return replace(file, chunks=_whole(first, file.chunks))


async def _whole(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A file's pieces again, after the first one was looked at."""
    yield first
    async for chunk in rest:
        yield chunk


async def stream_parts(
    body: AsyncIterable[bytes], content_type: str
) -> AsyncIterator[tuple[MultipartSegment, AsyncIterator[bytes]]]:
    """Yield each field and file of a multipart form with its bytes; read them before the next.

    A form of another kind has none.

    Raises:
        ClientException: a broken form, or one with too many parts.
    """
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data":
        return
    events = _events(body, options.get("boundary", ""), MOST_FILES)
    async for event in events:
        if isinstance(event, MultipartSegment):
            yield event, _content(events)
