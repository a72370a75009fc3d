"""uvicorn's HTTP protocol with limits on how long a head and a reader may take."""

import asyncio
from asyncio import TimerHandle

from app.web.http.heads import BoundedProtocol

HEAD_SECONDS = 15.0
# The kernel takes a few megabytes at once and asks for more when a part of them has left, which
# takes minutes where a site has 56 kbit/s.
WRITE_SECONDS = 300.0


class PatientProtocol(BoundedProtocol):
    """Closes connections of those who do not finish asking, or do not read the answer.

    uvicorn waits for ever for the rest of a head once its first byte has come, and for the first
    byte of a connection: a few slow clients could hold all its connections. It also waits
    for ever for a client to read; the answer, and what it holds, would wait with it.
    """

    head_seconds = HEAD_SECONDS
    write_seconds = WRITE_SECONDS
    _head_timer: TimerHandle | None = None
    _write_timer: TimerHandle | None = None

    # asyncio calls it with a transport of the protocol's kind, as uvicorn's own types say too.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._start_timer()

    def on_message_begin(self) -> None:
        """A further request on a kept connection: start the clock again."""
        super().on_message_begin()
        self._start_timer()

    def on_headers_complete(self) -> None:
        """The head is whole: stop the clock."""
        self._stop_timer()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the client has gone."""
        self._stop_timer()
        self._stop_write_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to: start the clock."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(self.write_seconds, self._drop)

    def resume_writing(self) -> None:
        """What was waiting has left: stop the clock."""
        self._stop_write_timer()
        super().resume_writing()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._head_timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _drop(self) -> None:
        # close() would wait until the rest was read.
        self.transport.abort()
