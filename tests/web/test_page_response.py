"""What the short ways of a request have in common with the long ones."""

from typing import Any

import pytest
from litestar import MediaType, Response
from litestar.testing import RequestFactory

from app.web.responses import PageResponse
from app.web.templates import path_of


async def sent(response: Response[str], **named: Any) -> list[dict[str, Any]]:
    """The messages of an answer, its headers sorted and without a length."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(dict(message))

    async def receive() -> Any:
        raise AssertionError("a page waits for nothing")

    request = RequestFactory().get()
    asgi = response.to_asgi_response(None, request, **named)
    await asgi(request.scope, receive, send)
    given = messages[0]["headers"]
    messages[0]["headers"] = sorted(h for h in given if h[0] != b"content-length")
    return messages


@pytest.mark.parametrize("cookie", [False, True])
@pytest.mark.parametrize("status", [200, 404, 422])
@pytest.mark.parametrize("headers", [{}, {"HX-Push-Url": "/a?b=1", "Cache-Control": "no-store"}])
async def test_a_page_is_sent_as_litestar_sends_it(
    cookie: bool, status: int, headers: dict[str, str]
) -> None:
    body = "<p>お知らせ</p>"
    page = PageResponse(body, status, dict(headers))
    usual = Response(body, media_type=MediaType.HTML, status_code=status, headers=dict(headers))
    if cookie:
        page.set_cookie("a", "b")
        usual.set_cookie("a", "b")
    assert await sent(page) == await sent(usual)
    assert await sent(page, headers={"x-a": "1"}) == await sent(usual, headers={"x-a": "1"})


@pytest.mark.parametrize("path", ["/contracts/D-1001", "//evil.example/", "/a?b", "/a#b"])
def test_the_path_of_an_address_is_what_litestar_says(path: str) -> None:
    request = RequestFactory().get()
    request.scope["path"] = path
    assert path_of(request) == request.url.path
