"""Calls to addresses that people entered never reach the portal's own network."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.outgoing import Unreachable, call, may_call, read_networks

LOOPBACK = ("127.0.0.0/8",)
CLOSED = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"),
    *("name.example", ""),
]


@pytest.mark.parametrize("address", CLOSED)
def test_no_private_or_reserved_address_is_called(address: str) -> None:
    assert not may_call(address, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_public_addresses_are_called(address: str) -> None:
    assert may_call(address, ())


def test_a_setting_allows_networks_and_no_others() -> None:
    allowed = read_networks("10.20.0.0/16, fd00::/8")
    assert may_call("10.20.3.4", allowed) and may_call("fd12::1", allowed)
    assert not may_call("10.21.0.1", allowed) and not may_call("fe80::1%eth0", ("fe80::/10",))
    with pytest.raises(ValueError, match=r"10\.20"):
        read_networks("10.20.0.1/16")


class _Handler(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        """Answer as the path says."""
        self.asked.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("location", "/there")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/large":
            self.wfile.write(b"x" * 5000)
        elif self.path == "/slow":
            threading.Event().wait(2)
        else:
            self.wfile.write(self.headers["host"].encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _server(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"asked": asked}))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def _get(url: str, allowed: tuple[str, ...] = LOOPBACK) -> tuple[int, bytes]:
    answer = await call("GET", url, allowed=allowed, seconds=1, most_bytes=1000)
    return answer.status, answer.body


async def test_a_name_is_resolved_and_named_to_the_server() -> None:
    with _server() as (port, _):
        assert await _get(f"http://localhost:{port}/") == (200, f"localhost:{port}".encode())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
async def test_loopback_is_not_called_however_it_is_spelled(host: str) -> None:
    with _server() as (port, asked):
        with pytest.raises(Unreachable):
            await _get(f"http://{host}:{port}/", ())
        assert asked == []


@pytest.mark.parametrize("path", ["large", "slow"])
async def test_endless_answers_are_left(path: str) -> None:
    with _server() as (port, _), pytest.raises(Unreachable):
        await _get(f"http://127.0.0.1:{port}/{path}")


async def test_redirects_are_not_followed() -> None:
    with _server() as (port, asked):
        status, _ = await _get(f"http://127.0.0.1:{port}/elsewhere")
        assert (status, asked) == (302, ["/elsewhere"])


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with _server() as (port, _):
        assert (await _get(f"http://127.0.0.1:{port}/"))[0] == 200


async def test_nothing_that_listens_and_no_name_are_unreachable() -> None:
    for url in ("http://127.0.0.1:1/", "http://nobody.invalid/", "https:///"):
        with pytest.raises(Unreachable):
            await _get(url)
