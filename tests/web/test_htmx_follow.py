"""htmx's form is answered with the page that comes next, in one request."""

import re
from typing import Any, cast

import httpx
from litestar import Request
from litestar.testing import RequestFactory
from litestar.types import HTTPScope

from app.database import fetch_value
from app.web.http.asgi import Message, Receive, Scope, Send
from app.web.http.htmx_redirects import FollowHtmxRedirects
from tests.conftest import Portal

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/contracts"}
NEW = "/contracts/D-1001/environments/new"
FORM = {"name": "増設", "sort_key": "30"}


async def test_the_confirm_page_comes_with_the_answer(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(NEW, data=FORM, headers=HTMX)
    assert answer.status_code == 200 and "この環境を作成します" in answer.text
    id = await fetch_value("select id from confirmation")
    assert answer.headers["hx-push-url"] == f"/confirmations/{id}"
    assert answer.text.startswith("<title>")


async def test_the_view_that_shows_the_change_comes_with_confirming(
    owner: httpx.AsyncClient,
) -> None:
    await owner.post(NEW, data=FORM, headers=HTMX)
    id = await fetch_value("select id from confirmation")
    answer = await owner.post(f"/confirmations/{id}", headers=HTMX)
    address = "/contracts/D-1001/environments?created="
    assert re.fullmatch(rf"{re.escape(address)}[0-9a-f-]+&done={id}", answer.headers["hx-push-url"])
    assert re.search(r'<div id="status"[^>]*>環境「?増設', answer.text), (
        "the status message is said"
    )
    assert answer.headers["content-type"].startswith("text/html")


async def test_what_is_refused_comes_back_with_the_form(owner: httpx.AsyncClient) -> None:
    await owner.post(NEW, data=FORM, headers=HTMX)
    first = await fetch_value("select id from confirmation")
    await owner.post(NEW, data=FORM, headers=HTMX)
    await owner.post(f"/confirmations/{first}", headers=HTMX)
    second = await fetch_value("select id from confirmation where id <> $1", first)
    answer = await owner.post(f"/confirmations/{second}", headers=HTMX)
    assert answer.headers["hx-push-url"] == f"{NEW}?draft={second}"
    assert "この名前の" in answer.text or "同じ名前" in answer.text or "別の名前" in answer.text


async def test_where_a_cookie_is_set_the_browser_asks_for_the_next_page_itself(
    portal: Portal,
) -> None:
    async with portal.anonymous() as client:
        answer = await client.post(
            "/language", data={"language": "en", "back": "/login"}, headers=HTMX
        )
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/login")
    assert "language=en" in answer.headers["set-cookie"]
    assert "location" not in answer.headers and not answer.content


async def test_without_htmx_the_answer_is_a_redirect(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(NEW, data=FORM)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/confirmations/")


async def test_the_next_page_reads_nothing_that_litestar_kept_of_the_form() -> None:
    """Litestar keeps what it parsed of a request in the scope's `state`, which copies share."""
    queries = []

    async def redirects(scope: Scope, receive: Receive, send: Send) -> None:
        queries.append(dict(Request[Any, Any, Any](cast(HTTPScope, scope)).query_params))
        headers = [(b"location", b"/next?kind=next")] if len(queries) == 1 else []
        await send({"type": "http.response.start", "status": 303, "headers": headers})

    async def nothing() -> Message:
        raise AssertionError("the form is not read here")

    async def ignore(message: Message) -> None:
        pass

    scope = RequestFactory().post("/form", query_params={"kind": "form"}).scope
    htmx = {**scope, "state": {}, "headers": [(b"hx-request", b"true")]}
    await FollowHtmxRedirects(redirects)(htmx, nothing, ignore)
    assert queries == [{"kind": "form"}, {"kind": "next", "fragment": "1"}]
