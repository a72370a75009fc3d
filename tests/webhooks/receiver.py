"""A real HTTPS receiver on loopback, which can refuse, redirect, hang and drop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Request:
    """What the receiver was sent."""

    line: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """What the receiver got, and how it behaves.

    Attributes:
        answer: what it says; empty to cut the line instead.
        endless: said after that again and again, until the portal hangs up.
        held: while not set, nothing is answered.
        reached: set once a request has come.
        on_request: called with the number of requests so far, before the answer.
    """

    answer: bytes = ANSWER
    endless: bytes = b""
    received: list[Request] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    on_request: Callable[[int], None] | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self.held.set()

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://localhost:{self.port}/hook?source=portal"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, and answer it."""
        try:
            self.received.append(await _read(reader))
            self.reached.set()
            if self.on_request is not None:
                self.on_request(len(self.received))
            await self.held.wait()
            writer.write(self.answer)
            await writer.drain()
            while self.endless:
                writer.write(self.endless)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the portal has hung up
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    line, *fields = head.rstrip().split("\r\n")
    headers = {}
    for each in fields:
        name, _, value = each.partition(": ")
        headers[name.lower()] = value
    body = await reader.readexactly(int(headers["content-length"]))
    return Request(line, headers, body.decode())


def answer(status: str, body: str = "", *fields: str) -> bytes:
    """An answer with a status such as `500 Broken`."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", *fields, "", ""]
    return "\r\n".join(head).encode() + body.encode()


@asynccontextmanager
async def receiver_at(tls: ssl.SSLContext) -> AsyncIterator[Receiver]:
    """A receiver, for as long as the block runs."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.held.set()
        server.close()
