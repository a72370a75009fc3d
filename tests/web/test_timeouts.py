"""Requests that do not come to an end are ended: a real server, short limits."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from app.database import fetch, fetch_value
from app.web.http.asgi import ReadTimeouts
from app.web.http.protocol import PatientProtocol
from tests.conftest import Portal

SECONDS = 0.3
LONG = 10.0
HOST = b"Host: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


class HastyProtocol(PatientProtocol):
    """The portal's protocol with a limit that a test can wait for."""

    head_seconds = SECONDS


@pytest.fixture
async def port(portal: Portal) -> AsyncIterator[int]:
    """A port where the portal answers, with uvicorn's protocol on a real socket."""
    app = ReadTimeouts(portal.app, seconds=SECONDS, drip_seconds=2 * SECONDS)
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: HastyProtocol(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    for connection in list(state.connections):
        connection.shutdown()


async def answer(port: int, *sent: bytes) -> bytes:
    """What the server says to these bytes, until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in sent:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(LONG):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    "beginning",
    [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n" + HOST + b"X-Slow: "],
    ids=["nothing", "one byte", "request line", "half a header"],
)
async def test_a_head_that_does_not_end_is_cut_off(port: int, beginning: bytes) -> None:
    assert await answer(port, beginning) == b""


async def drip(port: int, head: bytes, piece: bytes) -> bytes:
    """Send a piece again and again until the server closes the connection; what it answered.

    A piece that meets the closed connection may take the answer away: then it is empty.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    async with asyncio.timeout(LONG):
        ended = asyncio.create_task(reader.read())
        while not ended.done():
            writer.write(piece)
            await asyncio.wait([ended], timeout=SECONDS / 10)
    writer.close()
    return b"" if isinstance(ended.exception(), ConnectionResetError) else ended.result()


async def test_a_head_that_comes_byte_by_byte_is_cut_off_all_the_same(port: int) -> None:
    """Each byte must not buy another wait."""
    assert await drip(port, b"GET / HTTP/1.1\r\n", b"X-Slow: 1\r\n") == b""


async def test_a_body_that_stops_coming_is_answered_with_408(port: int) -> None:
    head = b"POST /login HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 100\r\n\r\n"
    answered = await answer(port, head, b"code=owner&pass")
    assert answered.startswith(b"HTTP/1.1 408 "), answered[:200]
    assert b"connection: close" in answered.lower()
    assert "フォームを最後まで受信できませんでした".encode() in answered


async def test_a_body_that_drips_is_cut_off_all_the_same(port: int) -> None:
    """Each byte must not buy another wait, or a few clients hold many requests for hours."""
    head = b"POST /login HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 100000\r\n\r\n"
    answered = await drip(port, head, b"x")
    assert not answered or answered.startswith(b"HTTP/1.1 408 ")


async def test_a_request_in_time_is_answered_and_its_connection_kept(port: int) -> None:
    head = b"GET /healthz HTTP/1.1\r\n" + HOST
    answered = await answer(port, head + b"\r\n", head + b"Connection: close\r\n\r\n")
    assert answered.count(b"200 OK") == 2


async def test_a_long_answer_is_not_taken_for_a_slow_request(portal: Portal) -> None:
    """The limit is for reading; the work afterwards may take its time."""

    async def slow(_scope: object, receive: object, send: object) -> None:
        assert callable(receive) and callable(send)
        await receive()
        await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=SECONDS * 2)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: object) -> None:
        sent.append(message)

    await ReadTimeouts(slow, seconds=SECONDS)({"type": "http"}, receive, send)
    assert len(sent) == 2


async def send_half(portal: Portal, path: str, cookie: str = "") -> list[dict[str, Any]]:
    """What the application answers to a form of which half came before the client went away."""
    waiting: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"name=half+of+a+name", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    async def send(message: Any) -> None:
        sent.append(dict(message))

    host = portal.settings.base_url.partition("//")[2].encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
        "headers": [
            (b"host", host),
            (b"cookie", cookie.encode()),
            (b"sec-fetch-site", b"same-origin"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", b"1000"),
        ],
    }
    await portal.app(scope, receive, send)
    return sent


@pytest.mark.parametrize("path", ["/login", "/password/forgotten"])
async def test_a_form_that_breaks_off_is_no_error_of_the_server(portal: Portal, path: str) -> None:
    sent = await send_half(portal, path)
    assert sent[0]["status"] == 400


async def test_half_a_form_is_never_kept_for_later(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await fetch("update session set expires_at = now() - interval '1 second'")
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    sent = await send_half(portal, "/contracts/D-1001/environments/new", cookie)
    assert sent[0]["status"] == 400
    assert await fetch_value("select count(*) from parked_form") == 0
