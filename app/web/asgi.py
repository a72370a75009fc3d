"""What happens to every request around the application, as plain ASGI.

From the outside in: `RequestLog`, `ReadTimeouts`, `StaticFiles`, `Responses`, `HtmxFollow`.
"""

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import brotli
import structlog

from app.web.requests import ReadTimeout, header, is_fragment, is_htmx, takes_brotli
from app.web.statics import StaticFile, by_url
from app.web.templates import fragment_url

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SMALLEST_COMPRESSED = 200
READ_SECONDS = 30.0
CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    b"media-src 'self'"
)

log = structlog.get_logger()


def policy_with_style(digest: bytes) -> str:
    """The content security policy of a page that carries one style element of this SHA-256."""
    own = b"style-src 'self'"
    allowed = own + b" 'sha256-" + digest + b"'"
    return CONTENT_SECURITY_POLICY.replace(own, allowed).decode("ascii")


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
                await _plain(send, 500, f"500 Internal Server Error ({request_id})\n".encode())
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=loggable(scope["path"]),
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )


async def _plain(send: Send, status: int, body: bytes, headers: Headers | None = None) -> None:
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
            await _plain(send, 408, b"408 Request Timeout\n", [(b"connection", b"close")])


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
            await _plain(send, 404, b"404 Not Found\n")
            return
        await self._send_file(file, scope, send)

    async def _send_file(self, file: StaticFile, scope: Scope, send: Send) -> None:
        headers = [
            (b"cache-control", b"public, max-age=31536000, immutable"),
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


class Responses:
    """Security headers, ETag and 304, brotli, and HEAD, for every answer of the application."""

    def __init__(self, app: App, *, https: bool) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if target := _page_of_opened_fragment(scope):
            await _plain(send, 303, b"", [(b"location", target.encode("latin-1", "replace"))])
            return
        if "\0" in scope["path"]:
            # No address has one, and PostgreSQL takes none: what is not there is not found.
            scope = {**scope, "path": scope["path"].replace("\0", "\ufffd")}
        head = scope["method"] == "HEAD"
        # Handlers answer GET only; those with an effect look at `head` and leave it out.
        inner = {**scope, "method": "GET", "head": True} if head else scope
        answer = _Answer(scope, send, self._headers(scope), head=head)
        await self.app(inner, receive, answer.send)

    def _headers(self, scope: Scope) -> Headers:
        fixed = [
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if is_fragment(scope):
            # Only fetch() reads a fragment; opened as a document it redirects to its page.
            return [*fixed, (b"content-security-policy", b"default-src 'none'")]
        fixed += [
            (b"content-security-policy", CONTENT_SECURITY_POLICY),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"referrer-policy", b"same-origin"),
        ]
        if self.https:
            fixed.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))
        return fixed


def _page_of_opened_fragment(scope: Scope) -> str | None:
    """Where a fragment's address leads that a person opened without htmx."""
    query = scope["query_string"].decode("latin-1")
    if "fragment=1" not in query or is_htmx(scope) or scope["method"] not in {"GET", "HEAD"}:
        return None
    given = parse_qsl(query, keep_blank_values=True)
    pairs = [pair for pair in given if pair != ("fragment", "1")]
    if pairs == given:
        return None
    raw_path: bytes = scope["raw_path"]
    path = "/" + raw_path.decode("latin-1").split("?")[0].lstrip("/")
    return path + (f"?{urlencode(pairs)}" if pairs else "")


class _Answer:
    """One answer on its way out: pages are held until whole, downloads pass through."""

    def __init__(self, scope: Scope, send: Send, fixed: Headers, *, head: bool) -> None:
        self.scope, self._send, self.fixed, self.head = scope, send, fixed, head
        self.start: Message = {}
        self.chunks: list[bytes] = []
        self.held = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            self.held = _value(message["headers"], b"content-type").startswith(
                (b"text/html", b"application/json", b"application/jwk")
            )
            if not self.held:
                fixed = self.fixed
                if _value(message["headers"], b"location"):
                    # A redirect shows nothing that a content policy could apply to.
                    fixed = [h for h in fixed if h[0] != b"content-security-policy"]
                headers = _with_defaults(message["headers"], fixed)
                await self._send({**message, "headers": headers})
        elif not self.held:
            await self._send({**message, "body": b"" if self.head else message.get("body", b"")})
        else:
            self.chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_whole(b"".join(self.chunks))

    async def _send_whole(self, body: bytes) -> None:
        headers = [h for h in self.start["headers"] if h[0].lower() != b"content-length"]
        status = self.start["status"]
        cacheable = status == 200 and self.scope["method"] in {"GET", "HEAD"}
        if cacheable and not _value(headers, b"cache-control"):
            etag = b'W/"' + hashlib.sha256(body).hexdigest()[:20].encode() + b'"'
            headers += [(b"cache-control", b"private, no-cache"), (b"etag", etag)]
            if etag.decode() in header(self.scope, b"if-none-match"):
                await self._send_unchanged(headers)
                return
        elif not _value(headers, b"cache-control"):
            headers.append((b"cache-control", b"no-store"))
        if len(body) >= SMALLEST_COMPRESSED and takes_brotli(self.scope):
            body = brotli.compress(body, mode=brotli.MODE_TEXT, quality=5)
            headers.append((b"content-encoding", b"br"))
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self.start, "headers": _with_defaults(headers, self.fixed)})
        await self._send({"type": "http.response.body", "body": b"" if self.head else body})

    async def _send_unchanged(self, headers: Headers) -> None:
        """304 carries only what changes: the browser keeps the headers it has."""
        kept = [h for h in headers if h[0] in {b"etag", b"cache-control", b"set-cookie"}]
        await self._send({"type": "http.response.start", "status": 304, "headers": kept})
        await self._send({"type": "http.response.body", "body": b""})


def _value(headers: Headers, name: bytes) -> bytes:
    for key, value in headers:
        if key.lower() == name:
            return value
    return b""


def _with_defaults(headers: Headers, defaults: Headers) -> Headers:
    given = {key.lower() for key, _ in headers}
    return [*headers, *(pair for pair in defaults if pair[0] not in given)]


class HtmxFollow:
    """Answers htmx's form with the page that the redirect after it names.

    Handlers redirect after every change, as plain forms need it. For htmx the next page is made
    in the same request, which saves a slow line one round trip.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not is_fragment(scope):
            await self.app(scope, receive, send)
            return
        location, cookies = "", False
        # The application writes into the scope as it goes; the second run begins with a clean one.
        clean = {**scope, "state": dict(scope.get("state") or {})}

        async def catching_send(message: Message) -> None:
            nonlocal location, cookies
            if message["type"] == "http.response.start" and message["status"] == 303:
                location = _value(message["headers"], b"location").decode("latin-1")
                cookies = bool(_value(message["headers"], b"set-cookie"))
                if cookies:
                    # The next page needs the new cookie, so the browser must ask for it itself.
                    headers = [h for h in message["headers"] if h[0].lower() != b"location"]
                    headers.append((b"hx-redirect", location.encode("latin-1")))
                    await send({**message, "status": 200, "headers": headers})
            elif not location or cookies:
                await send(message)

        await self.app(scope, receive, catching_send)
        if location and not cookies:
            await self.app(_get_scope(clean, location), _empty_receive, send)


def _get_scope(scope: Scope, location: str) -> Scope:
    target = urlsplit(fragment_url(location))
    return {
        **scope,
        "method": "GET",
        "path": unquote(target.path),
        "raw_path": target.path.encode("latin-1"),
        "query_string": target.query.encode("latin-1"),
        "headers": [
            h
            for h in scope["headers"]
            if h[0] not in {b"content-type", b"content-length", b"if-none-match"}
        ],
    }


async def _empty_receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
