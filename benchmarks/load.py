"""Load by wrk, and the processor time that the loaded server takes for it."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.database.portals import until
from tests.servers import PROJECT, free_port

CONNECTIONS = 8
TICKS = os.sysconf("SC_CLK_TCK")
# What a browser sends; every answer is a whole page.
HEADERS = ("Accept-Encoding: br", "Accept-Language: ja", "Sec-Fetch-Site: same-origin")


@dataclass(frozen=True)
class Load:
    """What a server answered under load.

    Attributes:
        rate: requests per second.
        cpu: milliseconds of processor time, user and system, of the server per request.
    """

    rate: float
    cpu: float


class ServerProcess:
    """A server in a process group of its own; a context manager, entered once it answers.

    Attributes:
        address: host and port.
    """

    def __init__(self, command: list[str], port: int, ready_path: str, **environ: str) -> None:
        self.command, self.environ = command, environ
        self.address, self.ready = f"127.0.0.1:{port}", ready_path

    def __enter__(self) -> "ServerProcess":
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT,
            env={**os.environ, **self.environ},
            start_new_session=True,
        )
        until(self._answers, 60)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"{self.command} has ended"
        url = f"http://{self.address}{self.ready}"
        asked = subprocess.run(
            ["curl", "--silent", "--fail", "--output", os.devnull, url], check=False
        )
        return asked.returncode == 0


def python_server(module: str, *arguments: str, ready: str, **environ: str) -> ServerProcess:
    """A server that this Python runs by `-m`; `{port}` in its arguments is a free one."""
    port = free_port()
    command = [sys.executable, "-m", module, *(a.format(port=port) for a in arguments)]
    return ServerProcess(command, port, ready, **environ)


def processor_seconds(group: int) -> float:
    """Seconds of processor time that the processes of a group took so far, user and system."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def load(address: str, path: str, cookie: str, group: int, seconds: int) -> Load:
    """Ask for one page over CONNECTIONS kept connections, each again once it is answered."""
    headers = [part for text in (*HEADERS, f"Cookie: {cookie}") for part in ("-H", text)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers]
    begun = processor_seconds(group)
    done = subprocess.run(
        [*command, f"http://{address}{path}"], capture_output=True, text=True, check=True
    )
    spent = processor_seconds(group) - begun
    failed = re.search(r"Non-2xx.*|Socket errors: connect [1-9].*", done.stdout)
    assert failed is None, f"{address}{path}: {failed and failed[0]}"
    count = re.search(r"(\d+) requests in", done.stdout)
    rate = re.search(r"Requests/sec: +([\d.]+)", done.stdout)
    assert count and rate, done.stdout
    assert int(count[1]), f"{address}{path} answers nothing"
    return Load(float(rate[1]), spent / int(count[1]) * 1000)
