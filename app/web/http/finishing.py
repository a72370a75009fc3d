"""Every answer of the application on its way out: headers, ETag and 304, brotli, HEAD."""

import asyncio
import hashlib
from urllib.parse import parse_qsl, urlencode

import brotli

from app.web.http.asgi import App, Headers, Message, Receive, Scope, Send, header_value, send_plain
from app.web.requests import header, is_fragment, is_htmx, takes_brotli
from app.web.scope_keys import IS_HEAD

SMALLEST_COMPRESSED = 200
# Compressing more takes milliseconds, and several such pages may be ready at once.
LARGEST_AT_ONCE = 64 * 1024
# 64 KiB hold any page. brotli makes room for its window each time: its usual one, of 4 MiB, costs
# a third more time and not a byte less.
WINDOW = 16
OF_DOCUMENTS = {
    b"content-security-policy",
    b"cross-origin-opener-policy",
    b"permissions-policy",
    b"referrer-policy",
}
CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    b"media-src 'self'"
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=()"
FIXED = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# Only fetch() reads a fragment; opened as a document it redirects to its page.
FRAGMENT = [*FIXED, (b"content-security-policy", b"default-src 'none'")]
DOCUMENT = [
    *FIXED,
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", PERMISSIONS_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
]


def policy_with_camera() -> str:
    """Return the permissions policy of a page that may ask for the camera."""
    return PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")


def compress(body: bytes) -> bytes:
    """A page, as small as can be had in a fraction of a millisecond."""
    packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=7, lgwin=WINDOW)
    return packed


def policy_with_style(digest: bytes) -> str:
    """The content security policy of a page that carries one style element of this SHA-256."""
    own = b"style-src 'self'"
    allowed = own + b" 'sha256-" + digest + b"'"
    return CONTENT_SECURITY_POLICY.replace(own, allowed).decode("ascii")


class FinishResponses:
    """Security headers, ETag and 304, brotli, and HEAD, for every answer of the application."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if target := _page_of_opened_fragment(scope):
            await send_plain(send, 303, b"", [(b"location", target.encode("latin-1", "replace"))])
            return
        if "\0" in scope["path"]:
            # No address has one, and PostgreSQL takes none: what is not there is not found.
            scope = {**scope, "path": scope["path"].replace("\0", "\ufffd")}
        head = scope["method"] == "HEAD"
        inner = scope
        if head:
            # Handlers answer GET only; those with an effect ask `is_head` and leave it out.
            inner = {**scope, "method": "GET"}
            IS_HEAD.set(inner, True)
        answer = _Answer(scope, send, FRAGMENT if is_fragment(scope) else DOCUMENT, head=head)
        await self.app(inner, receive, answer.send)


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
            self.held = _is_page(message["headers"])
            if not self.held:
                fixed = self.fixed
                if header_value(message["headers"], b"location"):
                    # A redirect shows nothing that these could apply to; where it leads has them.
                    fixed = [h for h in fixed if h[0] not in OF_DOCUMENTS]
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
        if cacheable and not header_value(headers, b"cache-control"):
            etag = b'W/"' + hashlib.sha256(body).hexdigest()[:20].encode() + b'"'
            headers += [(b"cache-control", b"private, no-cache"), (b"etag", etag)]
            if etag.decode() in header(self.scope, b"if-none-match"):
                await self._send_unchanged(headers)
                return
        elif not header_value(headers, b"cache-control"):
            headers.append((b"cache-control", b"no-store"))
        if len(body) >= SMALLEST_COMPRESSED and takes_brotli(self.scope):
            large = len(body) > LARGEST_AT_ONCE
            body = await asyncio.to_thread(compress, body) if large else compress(body)
            headers.append((b"content-encoding", b"br"))
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self.start, "headers": _with_defaults(headers, self.fixed)})
        await self._send({"type": "http.response.body", "body": b"" if self.head else body})

    async def _send_unchanged(self, headers: Headers) -> None:
        """304 carries only what changes: the browser keeps the headers it has."""
        kept = [h for h in headers if h[0] in {b"etag", b"cache-control", b"set-cookie"}]
        await self._send({"type": "http.response.start", "status": 304, "headers": kept})
        await self._send({"type": "http.response.body", "body": b""})


def _is_page(headers: Headers) -> bool:
    """Whether an answer is small and made for the request; downloads may be large."""
    return not header_value(headers, b"content-disposition") and header_value(
        headers, b"content-type"
    ).startswith((b"text/html", b"application/json", b"application/jwk", b"text/calendar"))


def _with_defaults(headers: Headers, defaults: Headers) -> Headers:
    given = {key.lower() for key, _ in headers}
    return [*headers, *(pair for pair in defaults if pair[0] not in given)]
