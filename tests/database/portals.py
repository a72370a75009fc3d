"""Portals in processes of their own, for tests that end them in every way there is."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from app.database.embedded import Addresses

PROJECT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def socket_folder(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def processes(text: str) -> list[int]:
    """Process ids of those with `text` on their command line, the tests themselves aside."""
    command = ["ps", "-eww", "-o", "pid=,command="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.strip().split(maxsplit=1) for line in listing.stdout.splitlines())
    return [int(pid) for pid, *command in rows if command and text in command[0]]


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres/data/postmaster.pid").read_text().split()[0])


async def numbers(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select number from acknowledged order by number")
        return [row["number"] for row in rows]
    finally:
        await connection.close()


class Portal:
    """The stand-in for the portal, in a process of its own; its output is read as it comes."""

    def __init__(self, data_dir: Path, work: str = "serve", **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.database.portal_process", str(data_dir), work],
            cwd=PROJECT,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,), daemon=True)
            for lines, stream in (
                (self.lines, self.process.stdout),
                (self.errors, self.process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    def addresses(self) -> Addresses:
        until(lambda: bool(self.lines) or self.process.poll() is not None)
        assert self.lines, "".join(self.errors)
        return Addresses(**json.loads(self.lines[0]))

    def acknowledged(self) -> list[int]:
        return [int(line) for line in self.lines[1:] if line.endswith("\n")]

    def end(self, sign: signal.Signals) -> None:
        """Send a signal and wait until nobody holds the output any more."""
        self.process.send_signal(sign)
        self.process.wait()
        for reader in self._readers:
            reader.join(60)
