"""Addresses on loopback that pass connections on, and that can be closed as if a service ended."""

import asyncio
from contextlib import suppress

import httpx

PIECE = 65_536
CHECK_SECONDS = 0.5


class Gate:
    """A TCP address in front of one service.

    Attributes:
        port: where it listens, also after it was closed and opened again.
    """

    def __init__(self, *targets: int) -> None:
        self.port = 0
        self._targets = targets
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port or None)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    def order(self) -> list[int]:
        """Return the targets in the order in which they are tried."""
        return list(self._targets)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self.order():
            # Nothing was sent yet, so the next target may be asked instead.
            with suppress(OSError):
                there, back = await asyncio.open_connection("127.0.0.1", port)
                break
        else:
            writer.transport.abort()
            return
        ends = {writer, back}
        self._open |= ends
        asking = asyncio.ensure_future(_pump(reader, back))
        try:
            await _pump(there, writer)
        finally:
            # A service that has ended its answers hears no more questions.
            asking.cancel()
            self._open -= ends
            for end in ends:
                end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy one direction; what ends on one side ends on the other, in the same way."""
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()


class Balancer(Gate):
    """A load balancer: it takes out a portal that is not ready, and asks the others in turn.

    If none is ready it asks them nevertheless, so that people get the portal's own page.
    """

    def __init__(self, *targets: int) -> None:
        super().__init__(*targets)
        self._ready = set(targets)
        self._turn = 0

    def order(self) -> list[int]:
        """Return those that are ready in turn, then the others."""
        self._turn += 1
        at = self._turn % len(self._targets)
        turned = [*self._targets[at:], *self._targets[:at]]
        return sorted(turned, key=lambda port: port not in self._ready)

    async def watch(self) -> None:
        """Ask each portal again and again whether it is ready."""
        async with httpx.AsyncClient(timeout=CHECK_SECONDS * 2, trust_env=False) as client:
            while True:
                await asyncio.gather(*(self._check(client, port) for port in self._targets))
                await asyncio.sleep(CHECK_SECONDS)

    async def _check(self, client: httpx.AsyncClient, port: int) -> None:
        try:
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
        except httpx.TransportError:
            self._ready.discard(port)
            return
        if answer.status_code == 200:
            self._ready.add(port)
        else:
            self._ready.discard(port)
