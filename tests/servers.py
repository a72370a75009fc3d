"""`portal serve` as a real process, on a database that the test provides."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests.database.portals import until

PORTS = range(20_000, 32_000)
PROJECT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A TCP port that nobody listened on a moment ago.

    Below those that the system hands out, since one of those may be taken before it is used.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    """Whether something takes connections at this port of loopback."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """The portal's server processes, in a process group of their own; a context manager.

    Attributes:
        url: where it answers, without a proxy in front.
        lines: what it printed and logged so far.
    """

    def __init__(
        self, data_dir: Path, runtime_dsn: str, owner_dsn: str, *, workers: int = 1, **environ: str
    ) -> None:
        self.port = int(environ.get("PORTAL_PORT") or free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            "PORTAL_DATA_DIR": str(data_dir),
            "PORTAL_DATABASE_URL": runtime_dsn,
            "PORTAL_MIGRATE_URL": owner_dsn,
            "PORTAL_PORT": str(self.port),
            "PORTAL_WORKERS": str(workers),
            **environ,
        }

    def start(self) -> "Server":
        """Start it and wait until it says that it answers; after `kill`, once more."""
        self.launch()
        try:
            until(lambda: self._said_ready() or self.process.poll() is not None, 60)
            assert self._said_ready(), "".join(self.lines)
        except AssertionError:
            self.kill()
            raise
        return self

    def launch(self, command: str = "serve") -> None:
        """Start it, and do not wait."""
        lines: list[str] = []
        self.lines = lines
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", command],
            cwd=PROJECT,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        stream = self.process.stdout
        self._reader = threading.Thread(target=lambda: lines.extend(stream or ()), daemon=True)
        self._reader.start()

    def _said_ready(self) -> bool:
        return any(line.startswith("ready ") for line in self.lines)

    def kill(self) -> None:
        """kill -9 to all of its processes."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self._join()

    def stop(self) -> None:
        """SIGTERM, and wait until it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
        self._join()

    def _join(self) -> None:
        self.process.wait(30)
        self._reader.join(30)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
