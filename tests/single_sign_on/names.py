"""A small name server on the loopback address."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class NameServer:
    """The server, and what it knows.

    Attributes:
        texts: domain → its TXT records.
        fails: whether it answers SERVFAIL to everything.
        asked: how many questions came.
    """

    port: int = 0
    texts: dict[str, list[str]] = field(default_factory=dict)
    fails: bool = False
    asked: int = 0

    def answer(self, wire: bytes) -> bytes:
        """The answer to a question."""
        query = dns.message.from_wire(wire)
        self.asked += 1
        found = dns.message.make_response(query)
        found.flags |= dns.flags.RA
        name = query.question[0].name
        texts = self.texts.get(name.to_text(omit_final_dot=True))
        if self.fails:
            found.set_rcode(dns.rcode.SERVFAIL)
        elif texts is None:
            found.set_rcode(dns.rcode.NXDOMAIN)
        elif texts:
            quoted = [f'"{text}"' for text in texts]
            found.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        return found.to_wire()


@contextmanager
def answering() -> Iterator[NameServer]:
    """Run a name server on a free port."""
    server = NameServer()
    place = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    place.bind(("127.0.0.1", 0))
    server.port = place.getsockname()[1]

    def serve() -> None:
        while True:
            wire, client = place.recvfrom(4096)
            if not wire:
                return
            place.sendto(server.answer(wire), client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", server.port))
        thread.join()
        place.close()
