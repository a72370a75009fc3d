"""What happens to every request around the application, as plain ASGI.

From the outside in: `RequestLog`, `ReadTimeouts`, `StaticFiles`; then
`finishing.FinishResponses` and `htmx_redirects.FollowHtmxRedirects`.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog

from app.web.http.ranges import Validators, select
from app.web.requests import BrokenOff, ReadTimeout, header, takes_brotli
from app.web.scope_keys import LOG_FIELDS, REQUEST_ID, STATUS
from app.web.statics import StaticFile, by_url

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

READ_SECONDS = 30.0
# A body may take its time, as on a line of 9,600 bit/s, but not drip: after a minute it has to
# have come at this many bytes a second from its beginning on.
DRIP_SECONDS = 60.0
LEAST_RATE = 500
WITHOUT_BODY = {"GET", "HEAD"}
UNFRAMED = (b"content-security-policy", b"frame-ancestors 'none'")
# An address of static/ names its content, so what is there never changed.
ALWAYS = datetime.fromtimestamp(0, UTC)
log = structlog.get_logger()

# A mailed token, 32 random bytes in base64url, which opens what it names; also where a mail
# program took the full stop after it for a part. Ids are shorter.
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")


def loggable(path: str) -> str:
    """A path as it may be logged: without tokens."""
    return TOKEN.sub("…", path)


class RequestLog:
    """Gives each request an id, logs one line for it, and answers 500 where nothing else did.

    `LOG_FIELDS` is what the application adds to the line; `STATUS` is the answer's status, once
    there is one.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, fields = secrets.token_hex(8), dict[str, str]()
        REQUEST_ID.set(scope, request_id)
        LOG_FIELDS.set(scope, fields)
        started = time.perf_counter()

        async def watching_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                STATUS.set(scope, message["status"])
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, watching_send)
            except Exception:
                log.exception("request-failed", path=loggable(scope["path"]))
                if STATUS.read(scope) is not None:
                    raise
                await send_plain(
                    watching_send, 500, f"500 Internal Server Error ({request_id})\n".encode()
                )
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=loggable(scope["path"]),
                    status=STATUS.read(scope) or 0,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                    **fields,
                )


async def send_plain(send: Send, status: int, body: bytes, headers: Headers | None = None) -> None:
    """Answer with a few words of plain text."""
    fixed = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        UNFRAMED,
    ]
    length = [(b"content-length", str(len(body)).encode())]
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": fixed + length + (headers or []),
        }
    )
    await send({"type": "http.response.body", "body": body})


def header_value(headers: Headers, name: bytes) -> bytes:
    """The value of an answer's header, or nothing; `name` in lower case."""
    for key, value in headers:
        if key.lower() == name:
            return value
    return b""


class StrictTransport:
    """Says in every answer that the portal is reached by https only, where it is."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def saying_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
                message = {**message, "headers": [*message["headers"], header]}
            await send(message)

        await self.app(scope, receive, saying_send)


class ReadTimeouts:
    """Ends a request whose body stops coming, or drips; uvicorn would keep it open for ever.

    One that breaks off also ends there: a part of a form is never taken for the whole.
    """

    def __init__(
        self, app: App, seconds: float = READ_SECONDS, drip_seconds: float = DRIP_SECONDS
    ) -> None:
        self.app, self.seconds, self.drip_seconds = app, seconds, drip_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        complete = False
        started = False
        begun, received = time.monotonic(), 0

        async def timed_receive() -> Message:
            nonlocal complete, received
            if complete:
                return await receive()
            left = begun + self.drip_seconds + received / LEAST_RATE - time.monotonic()
            try:
                message = await asyncio.wait_for(receive(), min(self.seconds, max(left, 0)))
            except TimeoutError:
                raise ReadTimeout(headers={"Connection": "close"}) from None
            if message["type"] == "http.disconnect" and scope["method"] not in WITHOUT_BODY:
                raise BrokenOff
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            return message

        async def watching_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, timed_receive, watching_send)
        except (ReadTimeout, BrokenOff) as refusal:
            if started:
                raise
            words = f"{refusal.status_code} {HTTPStatus(refusal.status_code).phrase}\n".encode()
            await send_plain(send, refusal.status_code, words, [(b"connection", b"close")])


class Below:
    """Hands what is asked below a path to an application of its own."""

    def __init__(self, path: str, own: App, others: App) -> None:
        self.path, self.own, self.others = path, own, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        below = scope["type"] == "http" and (path == self.path or path.startswith(f"{self.path}/"))
        await (self.own if below else self.others)(scope, receive, send)


class StaticFiles:
    """Sends the files of static/."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        file = by_url.get(scope["path"])
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await send_plain(send, 404, b"404 Not Found\n")
            return
        await self._send_file(file, scope, send)

    async def _send_file(self, file: StaticFile, scope: Scope, send: Send) -> None:
        headers = [
            (b"cache-control", b"max-age=31536000, immutable"),
            (b"etag", file.etag),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if not file.only_loaded:
            headers.append(UNFRAMED)
        choose = _in_a_coding if file.compressed else _in_parts
        status, body = choose(file, scope, headers)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )


def _in_a_coding(file: StaticFile, scope: Scope, headers: Headers) -> tuple[int, bytes]:
    """Status and body of a file that is there plain and compressed; adds to the headers."""
    headers.append((b"vary", b"accept-encoding"))
    if header(scope, b"if-none-match") == file.etag.decode():
        return 304, b""
    body = file.plain
    if file.compressed and takes_brotli(scope):
        body = file.compressed
        headers.append((b"content-encoding", b"br"))
    headers.append((b"content-type", file.media_type))
    headers.append((b"content-length", str(len(body)).encode()))
    return 200, body


def _in_parts(file: StaticFile, scope: Scope, headers: Headers) -> tuple[int, bytes]:
    """Status and body of a picture or film, or of a range of it; adds to the headers."""
    asked = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
    size = len(file.plain)
    head = scope["method"] == "HEAD"
    selected = select(asked, size, Validators(file.etag.decode(), ALWAYS), head=head)
    headers.append((b"accept-ranges", b"bytes"))
    if selected.gives:
        headers.append((b"content-type", file.media_type))
        headers.append((b"content-length", str(selected.stop - selected.start).encode()))
    if selected.status == HTTPStatus.PARTIAL_CONTENT:
        span = f"bytes {selected.start}-{selected.stop - 1}/{size}"
        headers.append((b"content-range", span.encode()))
    elif selected.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        headers.append((b"content-range", f"bytes */{size}".encode()))
    return int(selected.status), file.plain[selected.start : selected.stop]
