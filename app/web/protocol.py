"""uvicorn's HTTP protocol with a limit on how long a request's head may take."""

import asyncio
from asyncio import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0


class PatientProtocol(HttpToolsProtocol):
    """Closes connections whose request line and headers do not come to an end in time.

    uvicorn waits for ever for the rest of a head once its first byte has come, and for the first
    byte of a connection, so that a few slow clients could hold all its connections.
    """

    head_seconds = HEAD_SECONDS
    _head_timer: TimerHandle | None = None

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
        """Nobody is there any more."""
        self._stop_timer()
        super().connection_lost(exc)

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
