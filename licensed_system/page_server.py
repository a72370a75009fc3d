"""The server of the local page: the loopback address, the gate and the files being confirmed."""

from __future__ import annotations

import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from licensed_system import emergency_acts, system
from licensed_system.claims import Activation, Emergency
from licensed_system.fingerprint import Machine
from licensed_system.gate import Gate
from licensed_system.languages import Language
from licensed_system.look import Look
from licensed_system.state import OpenRequest
from licensed_system.store import Store
from licensed_system.system import Report

ADDRESS = "127.0.0.1"
_HELD_FILES = 20


@dataclass(frozen=True)
class Served:
    """What the page stands on; ``language`` is used until the reader chooses another."""

    store: Store
    language: Language
    clock: Callable[[], datetime]
    machine: Machine
    look: Look = field(default_factory=Look)

    def report(self) -> Report:
        """How the system stands now."""
        return system.current_status(self.store, self.machine, self.clock())

    def make_request(self) -> OpenRequest:
        """A new activation request."""
        return system.make_request(self.store, self.machine, self.clock())

    def check(self, data: bytes) -> Activation | Emergency:
        """What is in ``data`` if it could be applied. Raises ``Refused``."""
        if emergency_acts.is_emergency_file(data):
            return emergency_acts.check(self.store, data, self.machine, self.clock())
        return system.check(self.store, data, self.machine, self.clock())

    def apply(self, data: bytes) -> None:
        """Apply ``data``. Raises ``Refused``."""
        if emergency_acts.is_emergency_file(data):
            emergency_acts.use(self.store, data, self.machine, self.clock())
        else:
            system.apply(self.store, data, self.machine, self.clock())


@dataclass
class HeldFiles:
    """Chosen files between アクティベート and 決定; kept in memory only, the latest twenty."""

    _files: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _applied: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, data: bytes) -> str:
        """Keep ``data``; returns its id."""
        file_id = secrets.token_urlsafe(16)
        with self._lock:
            self._files[file_id] = data
            if len(self._files) > _HELD_FILES:
                self._applied.discard(self._files.popitem(last=False)[0])
        return file_id

    def find(self, file_id: str) -> bytes | None:
        """The held file, or ``None``."""
        return self._files.get(file_id)

    def is_applied(self, file_id: str) -> bool:
        """Whether 決定 has been done for it."""
        return file_id in self._applied

    def confirm_once(self, file_id: str, act: Callable[[], object]) -> None:
        """Do ``act`` for this file unless it has been done: 決定 sent twice has one effect."""
        with self._lock:
            if file_id not in self._applied:
                act()
                self._applied.add(file_id)


class PageServer(ThreadingHTTPServer):
    """Serves one state folder on the loopback address."""

    daemon_threads = True
    # On Windows this option would let two programs have one port, and the page take the other's.
    allow_reuse_address = os.name != "nt"
    allow_reuse_port = False

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler], served: Served) -> None:
        super().__init__((ADDRESS, port), handler)
        self.served = served
        self.held = HeldFiles()
        self.gate = Gate(self.server_port)

    @property
    def address(self) -> str:
        """The address that opens the page, once."""
        return f"http://{ADDRESS}:{self.server_port}/?token={self.gate.token}"

    def server_bind(self) -> None:
        """Bind without the name look-up of ``HTTPServer``, which waits where there is no DNS."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = ADDRESS, self.socket.getsockname()[1]
