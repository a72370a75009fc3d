"""What a request says about itself, and where its forms come from."""

import asyncio
import re
from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Request
from litestar.datastructures import MultiDict
from litestar.exceptions import ClientException, HTTPException
from multipart import MultipartError, MultipartParser, parse_options_header

from app.web.file_names import clean_file_name
from app.web.scope_keys import IS_HEAD

# Litestar's request. `app.accounts.access.PersonRequest` also knows the type of its user.
PageRequest = Request[Any, Any, Any]
MAX_FORM_BYTES = 512 * 1024
MAX_FIELDS = 4000
# A larger form takes long enough to keep others waiting.
LARGEST_AT_ONCE = 64 * 1024


class PayloadTooLarge(HTTPException):
    """More bytes than any form of the portal has."""

    status_code = 413


class ReadTimeout(HTTPException):
    """The rest of a request's body did not come in time."""

    status_code = 408


class BrokenOff(HTTPException):
    """The client went away before its request was whole. It does not read the answer."""

    status_code = 400


@dataclass(frozen=True)
class Upload:
    """An uploaded file, whole, with the name that the browser gave it, made fit to be shown."""

    name: str
    content: bytes


@dataclass(frozen=True)
class FormData:
    """The fields of a sent form. A field may come several times."""

    fields: MultiDict[str]
    uploads: MultiDict[Upload] = field(default_factory=MultiDict)

    def get(self, name: str) -> str:
        """The field's first value, or an empty string."""
        return self.fields.get(name, "")

    def all(self, name: str) -> list[str]:
        """All values of the field."""
        return self.fields.getall(name, [])

    def files(self, name: str) -> list[Upload]:
        """All files of the field that the person chose; an empty field sends one without a name."""
        return [each for each in self.uploads.getall(name, []) if each.name or each.content]


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """A request header's value, or an empty string."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


def is_htmx(scope: Mapping[str, Any]) -> bool:
    """Whether htmx sent the request."""
    return header(scope, b"hx-request") == "true"


def is_fragment(scope: Mapping[str, Any]) -> bool:
    """Whether the main block alone is wanted; restoring history needs the whole page."""
    return is_htmx(scope) and header(scope, b"hx-history-restore-request") != "true"


def is_head(request: PageRequest) -> bool:
    """Whether the request asks for the headers alone."""
    return IS_HEAD.read(request.scope)


def takes_brotli(scope: Mapping[str, Any]) -> bool:
    """Whether the answer may be compressed with brotli (RFC 9110, 12.5.3)."""
    for part in header(scope, b"accept-encoding").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "br":
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


def _pairs(values: Iterable[tuple[str, str]]) -> MultiDict[str]:
    pairs = list(values)
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise ClientException("A form field holds a NUL character.")
    return MultiDict(pairs)


def form_of(values: Mapping[str, str]) -> FormData:
    """A form that was filled in elsewhere than in a browser: on the command line, in a file."""
    return FormData(MultiDict(values))


def query_form(request: PageRequest) -> FormData:
    """The fields of a form sent by GET, from the address.

    Raises:
        ClientException: not UTF-8, too many fields or NUL.
    """
    return FormData(_parse_urlencoded(request.scope["query_string"]))


def _parse_urlencoded(body: bytes) -> MultiDict[str]:
    try:
        return _pairs(
            parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MAX_FIELDS,
            )
        )
    except ValueError as error:
        raise ClientException("The form is not valid UTF-8 or has too many fields.") from error


def _parse_multipart(body: bytes, boundary: str, limit: int) -> FormData:
    fields: list[tuple[str, str]] = []
    uploads: list[tuple[str, Upload]] = []
    parser = MultipartParser(
        BytesIO(body),
        boundary,
        content_length=len(body),
        part_limit=MAX_FIELDS,
        memory_limit=limit * 2,
        strict=True,
    )
    for part in parser:
        if part.filename is not None:
            name = str(part.filename)
            if "\0" not in name:
                file = Upload(clean_file_name(name) if name else "", part.raw)
                uploads.append((part.name, file))
        else:
            fields.append((part.name, part.raw.decode("utf-8")))
    return FormData(_pairs(fields), MultiDict(uploads))


async def read_body(chunks: AsyncIterable[bytes], limit: int = MAX_FORM_BYTES) -> bytes:
    """A request's body, as far as forms go.

    Raises:
        PayloadTooLarge: more than `limit` bytes.
    """
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise PayloadTooLarge("The form is too large.")
    return bytes(body)


async def read_form(request: PageRequest, *, limit: int = MAX_FORM_BYTES) -> FormData:
    """The sent form, read strictly: Litestar's own parser stops at its first error.

    Raises:
        PayloadTooLarge: more than `limit` bytes.
        ClientException: not a form, broken encoding, too many fields, or NUL.
    """
    content_type, options = parse_options_header(request.headers.get("content-type", ""))
    body = await read_body(request.stream(), limit)
    if len(body) > LARGEST_AT_ONCE:
        return await asyncio.to_thread(_parse, body, content_type, options, limit)
    return _parse(body, content_type, options, limit)


def read_kept_form(body: bytes, content_type: str) -> FormData:
    """Return the form in a body that was kept.

    Raises:
        ClientException: as for `read_form`.
    """
    kind, options = parse_options_header(content_type)
    return _parse(body, kind, options, len(body))


def _parse(body: bytes, content_type: str, options: Mapping[str, str], limit: int) -> FormData:
    if content_type == "application/x-www-form-urlencoded" or not body:
        return FormData(_parse_urlencoded(body))
    if content_type != "multipart/form-data":
        raise ClientException("This is not a form.")
    try:
        return _parse_multipart(body, options.get("boundary", ""), limit)
    except (MultipartError, ValueError, LookupError) as error:
        raise ClientException("The form is broken.") from error


def place_of(address: str) -> str:
    """Path and query of an address that the browser names; home where it cannot be read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _own_origins(scope: Mapping[str, Any], allowed_origin: str) -> set[str]:
    return {allowed_origin, f"{scope['scheme']}://{header(scope, b'host')}"}


def is_own_address(scope: Mapping[str, Any], address: str, allowed_origin: str) -> bool:
    """Whether an address that the browser names is one of the portal's own."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in _own_origins(scope, allowed_origin)


def is_cross_site(scope: Mapping[str, Any], allowed_origin: str) -> bool:
    """Whether an unsafe request comes from another site.

    The scheme of Go's http.CrossOriginProtection: Sec-Fetch-Site decides, else Origin against
    the portal's own. Text browsers send neither; then a Referer of another origin refuses.
    """
    site = header(scope, b"sec-fetch-site")
    if site:
        return site not in {"same-origin", "none"}
    origin = header(scope, b"origin")
    if origin:
        return origin not in _own_origins(scope, allowed_origin)
    referer = header(scope, b"referer")
    return bool(referer) and not is_own_address(scope, referer, allowed_origin)
