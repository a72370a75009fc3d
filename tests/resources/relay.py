"""A line between a client and the portal that breaks where a test wants it to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNK = 16 * 1024


@dataclass
class Relay:
    """Passes bytes on to the portal and back.

    Attributes:
        cuts: how many bytes of each connection's answer pass before it breaks; once the list is
            used up, connections hold.
        broken: connections that broke.
    """

    target: int
    cuts: list[int]
    port: int = 0
    broken: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        to_portal, from_portal = None, None
        from_portal, to_portal = await asyncio.open_connection("127.0.0.1", self.target)
        forward = asyncio.create_task(self._forward(reader, to_portal))
        left = self.cuts.pop(0) if self.cuts else None
        while data := await from_portal.read(CHUNK if left is None else min(CHUNK, left)):
            writer.write(data)
            await writer.drain()
            if left is not None and (left := left - len(data)) == 0:
                self.broken += 1
                break
        forward.cancel()
        for end in (writer, to_portal):
            end.transport.abort() if left == 0 else end.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def relay(target: int, *cuts: int) -> AsyncIterator[Relay]:
    """A relay to a port of this machine, while the block runs."""
    line = Relay(target, list(cuts))
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
