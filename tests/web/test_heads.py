"""What a request sends beside its body is bounded: a real server, and clients that never stop."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.web.http.heads import MOST_FIELDS, MOST_HEAD_BYTES
from app.web.http.protocol import PatientProtocol
from tests.conftest import Portal

HOST = b"Host: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST
CLOSE = b"Connection: close\r\n\r\n"
CHUNKED = b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = b"x" * 1024 * 1024
ENDLESS = 64
LONG = 30.0


@pytest.fixture
async def port(portal: Portal) -> AsyncIterator[int]:
    """A port where the portal answers, with its protocol on a real socket."""
    config = uvicorn.Config(portal.app, lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: PatientProtocol(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    for connection in list(state.connections):
        connection.shutdown()


async def answer(port: int, pieces: Iterator[bytes]) -> bytes:
    """What the server says until it closes; how much it takes is for it to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(LONG):
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()


def endless(beginning: bytes, piece: bytes = MEGABYTE, number: int = ENDLESS) -> Iterator[bytes]:
    """64 MB after a beginning."""
    yield beginning
    for _ in range(number):
        yield piece


HEADS = {
    "a value": endless(GET + b"X-Long: "),
    "a name": endless(GET),
    "an address": endless(b"GET /"),
    "fields": endless(GET, b"X-Field: 1\r\n" * 80_000),
    "a trailer": endless(CHUNKED + b"0\r\nX-Trailer: "),
    "trailers": endless(CHUNKED + b"0\r\n", b"X-Field: 1\r\n" * 80_000),
    "an extension": endless(CHUNKED + b"1;x="),
    "extensions": endless(CHUNKED, (b"1;x=" + b"y" * 16_000 + b"\r\na\r\n") * 64),
}


@pytest.mark.parametrize("name", HEADS)
async def test_a_head_or_framing_without_end_is_cut_off_and_others_are_served(
    port: int, name: str
) -> None:
    attacker = asyncio.create_task(answer(port, HEADS[name]))
    longest, asked = 0.0, 0
    while not attacker.done() or not asked:
        begun = time.monotonic()
        assert b"200 OK" in await answer(port, iter([GET + CLOSE]))
        longest, asked = max(longest, time.monotonic() - begun), asked + 1
    cut_off = await attacker
    assert not cut_off or cut_off.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 4")), cut_off[:100]
    assert longest < 2


def padded(size: int) -> bytes:
    """A request whose fields and address have this many bytes."""
    bare = len(b"/healthz" + b"Host127.0.0.1" + b"Sec-Fetch-Sitesame-origin" + b"Connectionclose")
    return GET + b"X: " + b"x" * (size - bare - 1) + b"\r\n" + CLOSE


async def test_a_head_of_the_most_bytes_is_answered_and_one_more_is_refused(port: int) -> None:
    assert b"200 OK" in await answer(port, iter([padded(MOST_HEAD_BYTES)]))
    refused = await answer(port, iter([padded(MOST_HEAD_BYTES + 1)]))
    assert refused.startswith(b"HTTP/1.1 431 ") and b"connection: close" in refused


async def test_as_many_fields_as_may_be_are_answered_and_one_more_is_refused(port: int) -> None:
    fields = [b"X: 1\r\n"] * (MOST_FIELDS - 3)
    assert b"200 OK" in await answer(port, iter([GET, *fields, CLOSE]))
    refused = await answer(port, iter([GET, *fields, b"X: 1\r\n", CLOSE]))
    assert refused.startswith(b"HTTP/1.1 431 ")


async def test_each_request_of_a_connection_has_the_whole_allowance(port: int) -> None:
    once = GET + b"X: " + b"x" * 20_000 + b"\r\n\r\n"
    kept = await answer(port, iter([once, once, once + GET + CLOSE]))
    assert kept.count(b"200 OK") == 4


async def test_a_body_in_chunks_of_one_byte_is_no_framing_without_end(port: int) -> None:
    form = b"code=owner&password=" + b"x" * 30_000
    chunks = b"".join(b"1\r\n" + form[at : at + 1] + b"\r\n" for at in range(len(form)))
    typed = b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
    head = CHUNKED.replace(b"\r\n\r\n", b"\r\n" + typed + b"\r\n")
    answered = await answer(port, iter([head, chunks + b"0\r\n\r\n"]))
    assert answered.startswith(b"HTTP/1.1 422 ")


async def test_a_trailer_does_not_become_a_field_of_the_head(portal: Portal, port: int) -> None:
    async with await portal.signed_in("owner") as client:
        [(name, token)] = client.cookies.items()
    trailer = f"0\r\nCookie: {name}={token}\r\n\r\n".encode()
    head = b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answered = await answer(port, iter([head + trailer]))
    assert b"location: /login" in answered


async def test_many_small_requests_at_once_are_each_answered(port: int) -> None:
    """What they send together is more than one may; each is counted for itself."""
    number = 2 * MOST_HEAD_BYTES // len(GET)
    sent = (GET + b"\r\n") * number + GET + CLOSE
    said = await answer(port, iter([sent[:70_000], sent[70_000:]]))
    assert said.count(b"HTTP/1.1 200") == number + 1


async def test_an_endless_head_behind_other_requests_is_cut_off(port: int) -> None:
    begun = (GET + b"\r\n") * 3 + GET + b"X-Long: "
    said = await answer(port, endless(begun))
    assert said.count(b"HTTP/1.1 200") <= 3 and b"HTTP/1.1 500" not in said


async def test_a_body_that_is_followed_by_another_request_counts_for_neither(port: int) -> None:
    body = b"x" * 3 * MOST_HEAD_BYTES
    post = b"POST /healthz HTTP/1.1\r\n" + HOST
    sent = post + b"Content-Length: %d\r\n\r\n" % len(body) + body + GET + CLOSE
    said = await answer(port, iter([sent[:50_000], sent[50_000:]]))
    assert b"HTTP/1.1 405" in said and b"HTTP/1.1 200" in said
