"""Where a request ends is never in doubt: a real server, and bytes that two readers read apart."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.servers import Server

LONG = 30.0
SECOND = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
FORM = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
EMPTY = b"0\r\n\r\n"
DOUBTFUL = {
    "both lengths": FORM + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n" + EMPTY,
    "both lengths, chunked first": FORM + CHUNKED + b"Content-Length: 5\r\n\r\n" + EMPTY,
    "two lengths": FORM + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SECOND),
    "a list of lengths": FORM + b"Content-Length: 0, %d\r\n\r\n" % len(SECOND),
    "a signed length": FORM + b"Content-Length: +0\r\n\r\n",
    "a negative length": FORM + b"Content-Length: -1\r\n\r\n",
    "a space before the colon": FORM + b"Content-Length : %d\r\n\r\n" % len(SECOND),
    "a folded length": FORM + b"Content-Length:\r\n %d\r\n\r\n" % len(SECOND),
    "a folded header": FORM + b"X-Folded: a\r\n b\r\n\r\n",
    "a bare carriage return": FORM + b"X: a\rContent-Length: %d\r\n\r\n" % len(SECOND),
    "bare line feeds": FORM.replace(b"\r\n", b"\n") + b"\n",
    "an unknown coding": FORM + b"Transfer-Encoding: xchunked\r\n\r\n" + EMPTY,
    "chunked is not the last": FORM + b"Transfer-Encoding: chunked, identity\r\n\r\n" + EMPTY,
    "two codings": FORM + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n" + EMPTY,
    "a chunk size with 0x": FORM + CHUNKED + b"\r\n0x1\r\na\r\n" + EMPTY,
    "a negative chunk size": FORM + CHUNKED + b"\r\n-1\r\n\r\n" + EMPTY,
    "a chunk size of 65 bits": FORM + CHUNKED + b"\r\n10000000000000000\r\na\r\n" + EMPTY,
    "a chunk that is longer": FORM + CHUNKED + b"\r\n1\r\nabc\r\n" + EMPTY,
    "a chunk size with a line feed": FORM + CHUNKED + b"\r\n1\na\r\n" + EMPTY,
    "a line feed in an extension": FORM + CHUNKED + b"\r\n1;x\ny\r\na\r\n" + EMPTY,
}


@pytest.fixture(scope="module")
def server(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`portal serve`, started once."""
    folder: Path = tmp_path_factory.mktemp("smuggling")
    dsn = asyncio.run(stage.copy())
    secret = str(stage.settings.secret_file)
    with Server(folder, dsn, stage.owner_dsn(dsn), PORTAL_SECRET_FILE=secret) as running:
        yield running


def answers(server: Server, sent: bytes) -> list[bytes]:
    """What the server says to these bytes until it closes the connection, answer by answer."""
    with socket.create_connection(("127.0.0.1", server.port), LONG) as connection:
        connection.sendall(sent)
        said = b""
        while piece := connection.recv(65536):
            said += piece
    return said.split(b"HTTP/1.1 ")[1:]


@pytest.mark.parametrize("doubtful", DOUBTFUL.values(), ids=list(DOUBTFUL))
def test_what_could_end_in_two_places_is_refused_with_all_that_follows(
    server: Server, doubtful: bytes
) -> None:
    [only] = answers(server, doubtful + SECOND)
    assert only.startswith(b"400 ")


def test_a_body_is_never_taken_for_a_request(server: Server) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    [only] = answers(server, head + b"Content-Length: %d\r\n\r\n" % len(SECOND) + SECOND)
    assert only.startswith(b"200 ")
    chunk = b"%x\r\n%s\r\n" % (len(SECOND), SECOND)
    [only] = answers(server, head + CHUNKED + b"\r\n" + chunk + EMPTY)
    assert only.startswith(b"200 ")


def test_what_is_clear_gets_an_answer_each(server: Server) -> None:
    clear = SECOND.replace(b"Connection: close\r\n", b"")
    assert [each[:3] for each in answers(server, clear + clear + SECOND)] == [b"200"] * 3
