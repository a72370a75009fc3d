"""Stands between the portal and its database, which so goes away and comes back."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"


class Relay:
    """Stands between the portal and the database; it can go away and come back."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.path, self.beyond = folder / SOCKET, Path(_folder(dsn)) / SOCKET
        self.direct, self.dsn = dsn, self.through(dsn)
        self.writers: set[asyncio.StreamWriter] = set()

    def through(self, dsn: str) -> str:
        """The address of the same server by way of this."""
        return dsn.replace(_quoted(dsn), str(self.path.parent))

    async def start(self) -> None:
        self.server = await asyncio.start_unix_server(self._relay, self.path)

    async def stop(self) -> None:
        """Like a database that was stopped: no socket, and every connection cut."""
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()
        self.path.unlink(missing_ok=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beyond_reader, beyond_writer = await asyncio.open_unix_connection(self.beyond)
        self.writers |= {writer, beyond_writer}
        await asyncio.gather(pump(reader, beyond_writer), pump(beyond_reader, writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def _folder(dsn: str) -> str:
    return parse_qs(urlsplit(dsn).query)["host"][0]


def _quoted(dsn: str) -> str:
    """The folder as it is written in the address."""
    return urlsplit(dsn).query.split("host=")[1].split("&")[0]


@contextmanager
def relaying(folder: Path, dsn: str) -> Iterator["Switch"]:
    """A relay in a thread of its own, for processes that the test starts; it is off at first."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    switch = Switch(Relay(folder, dsn), loop)
    try:
        yield switch
    finally:
        switch.off()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


class Switch:
    """A relay that the test turns on and off."""

    def __init__(self, relay: Relay, loop: asyncio.AbstractEventLoop) -> None:
        self.relay, self._loop, self._running = relay, loop, False

    def on(self) -> None:
        """Let the processes reach the database."""
        asyncio.run_coroutine_threadsafe(self.relay.start(), self._loop).result(10)
        self._running = True

    def off(self) -> None:
        """Cut all connections, and make no more."""
        if self._running:
            asyncio.run_coroutine_threadsafe(self.relay.stop(), self._loop).result(10)
        self._running = False
