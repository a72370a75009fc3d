"""uvicorn's HTTP protocol with bounds on what a request may send beside its body."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Request line and header fields together. Browsers send a tenth of it.
MOST_HEAD_BYTES = 32 * 1024
MOST_FIELDS = 100
# Method, version, colons and line ends of as many fields.
SIGNS_BETWEEN = 1024
# A body sent in chunks of a single byte has five bytes around each.
FRAMING_PER_BYTE = 8


class _HeadTooLarge(Exception):
    """More than a request may send beside its body."""


class BoundedProtocol(HttpToolsProtocol):
    """Answers 431 where a head is too large, and closes where chunks hide what is no body.

    uvicorn collects a head of any size, and each piece of a long one makes it copy all that came
    before: one client could keep all others waiting. Chunk extensions and trailers
    have no bound either. Trailers are dropped: uvicorn would add them to the head's fields while
    the application reads those.
    """

    _in_head = True
    # Whether a head began in what just came, so that only a part of it belongs to that head.
    _began = False
    _head_bytes = 0
    _unfinished = 0
    _fields = 0
    _framing = 0

    def data_received(self, data: bytes) -> None:
        """Read on, unless more has come than a request needs."""
        if self.transport.is_closing():
            return
        self._framing += len(data)
        self._began = False
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head and not self._began:
            self._unfinished += len(data)
        between = 0 if self._in_head else self._framing
        if self._unfinished > MOST_HEAD_BYTES + SIGNS_BETWEEN or between > MOST_HEAD_BYTES:
            self._refuse()

    def on_message_begin(self) -> None:
        """Start counting again for the next request on the connection."""
        super().on_message_begin()
        self._in_head = self._began = True
        self._head_bytes = self._unfinished = self._fields = 0

    def on_url(self, url: bytes) -> None:
        """Count a piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a field; one that comes after the body is dropped."""
        self._fields += 1
        self._count(len(name) + len(value))
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: count what stands around the body from here on."""
        self._in_head = False
        self._head_bytes = self._unfinished = self._framing = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body pays for the framing around it."""
        self._framing = max(0, self._framing - FRAMING_PER_BYTE * len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Whatever follows is a head again."""
        super().on_message_complete()
        self._in_head, self._framing = True, 0

    def send_400_response(self, msg: str) -> None:
        """Answer 431 where it was the size that stopped the parser."""
        if self._head_bytes > MOST_HEAD_BYTES or self._fields > MOST_FIELDS:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MOST_HEAD_BYTES or self._fields > MOST_FIELDS:
            raise _HeadTooLarge

    def _refuse(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            words = f"{status} {status.phrase}\n"
            head = (
                f"HTTP/1.1 {status} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
                f"cache-control: no-store\r\ncontent-length: {len(words)}\r\nconnection: close"
            )
            self.transport.write(f"{head}\r\n\r\n{words}".encode())
        self.transport.close()
