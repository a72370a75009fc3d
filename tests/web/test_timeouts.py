"""Requests that do not come to an end are ended: a real server, short limits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from app.web.asgi import ReadTimeouts
from app.web.protocol import PatientProtocol
from tests.conftest import Portal

SECONDS = 0.3
LONG = 10.0
HOST = b"Host: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


class HastyProtocol(PatientProtocol):
    """The portal's protocol with a limit that a test can wait for."""

    head_seconds = SECONDS


@asynccontextmanager
async def served(portal: Portal) -> AsyncIterator[int]:
    config = uvicorn.Config(
        ReadTimeouts(portal.app, seconds=SECONDS),
        port=0,
        http=HastyProtocol,
        # The fixture's pool is open already.
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(LONG):
            while not server.started:
                await asyncio.sleep(0)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def port(portal: Portal) -> AsyncIterator[int]:
    async with served(portal) as port:
        yield port


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


async def test_a_head_that_comes_byte_by_byte_is_cut_off_all_the_same(port: int) -> None:
    """Each byte must not buy another wait."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n")
    async with asyncio.timeout(LONG):
        ended = asyncio.create_task(reader.read())
        while not ended.done():
            writer.write(b"X-Slow: 1\r\n")
            await asyncio.wait([ended], timeout=SECONDS / 10)
    assert ended.result() == b""
    writer.close()


async def test_a_body_that_stops_coming_is_answered_with_408(port: int) -> None:
    head = b"POST /login HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 100\r\n\r\n"
    answered = await answer(port, head, b"code=owner&pass")
    assert answered.startswith(b"HTTP/1.1 408 "), answered[:200]
    assert b"connection: close" in answered.lower()
    assert "フォームを最後まで受信できませんでした".encode() in answered


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
