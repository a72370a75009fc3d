"""What happens to every request around the application, as plain ASGI.

From the outside in: `RequestLog`, `ReadTimeouts`, `StaticFiles`; then `answers.Responses` and
`following.HtmxFollow`.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from app.web.requests import ReadTimeout, header, takes_brotli
from app.web.statics import StaticFile, by_url

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

READ_SECONDS = 30.0
log = structlog.get_logger()

# A mailed token, 32 random bytes in base64url, which opens what it names; also where a mail
# program took the full stop after it for a part. Ids are shorter.
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")


def loggable(path: str) -> str:
    """A path as it may be logged: without tokens."""
    return TOKEN.sub("…", path)


class RequestLog:
    """Gives each request an id, logs one line for it, and answers 500 where nothing else did."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = secrets.token_hex(8)
        started, status = time.perf_counter(), 0

        async def watching_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, watching_send)
            except Exception:
                log.exception("request-failed", path=loggable(scope["path"]))
                if status:
                    raise
                status = 500
                await send_plain(send, 500, f"500 Internal Server Error ({request_id})\n".encode())
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=loggable(scope["path"]),
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )


async def send_plain(send: Send, status: int, body: bytes, headers: Headers | None = None) -> None:
    """Answer with a few words of plain text."""
    fixed = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
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


class ReadTimeouts:
    """Ends a request whose body stops coming; uvicorn would keep it open for ever."""

    def __init__(self, app: App, seconds: float = READ_SECONDS) -> None:
        self.app, self.seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        complete = False
        started = False

        async def timed_receive() -> Message:
            nonlocal complete
            if complete:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self.seconds)
            except TimeoutError:
                raise ReadTimeout(headers={"Connection": "close"}) from None
            complete = not message.get("more_body", False)
            return message

        async def watching_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, timed_receive, watching_send)
        except ReadTimeout:
            if started:
                raise
            await send_plain(send, 408, b"408 Request Timeout\n", [(b"connection", b"close")])


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
            (b"vary", b"accept-encoding"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        body, status = file.plain, 200
        if header(scope, b"if-none-match") == file.etag.decode():
            body, status = b"", 304
        else:
            if takes_brotli(scope):
                body = file.compressed
                headers.append((b"content-encoding", b"br"))
            headers.append((b"content-type", file.media_type))
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )
