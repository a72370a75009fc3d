"""Answers that several domains give."""

from typing import Any

from litestar import MediaType, Response
from litestar.response import Redirect
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from litestar.types import Receive, Scope, Send

HTML = (b"content-type", b"text/html; charset=utf-8")


class PageResponse(Response[str]):
    """A page of HTML, sent without the steps that Litestar takes for any other kind of content."""

    def __init__(self, body: str, status: int, headers: dict[str, str]) -> None:
        super().__init__(body, media_type=MediaType.HTML, status_code=status, headers=headers)

    def to_asgi_response(self, *args: Any, **named: Any) -> ASGIResponse:
        """Prepare to send it; with cookies, or with headers of a route, as Litestar does."""
        if self.cookies or named.get("cookies") or named.get("headers"):
            return super().to_asgi_response(*args, **named)
        given = [(k.lower().encode(), str(v).encode("latin-1")) for k, v in self.headers.items()]
        return _Sent(self.content.encode(), self.status_code or HTTP_200_OK, [*given, HTML])


class _Sent(ASGIResponse):
    def __init__(self, body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.body, self.status_code, self.whole_headers = body, status, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.whole_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def see_other(path: str) -> Redirect:
    """Send the browser on to a page, after a form."""
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)
