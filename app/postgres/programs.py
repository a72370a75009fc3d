"""Running PostgreSQL's programs for as long as the portal lives, and telling of it."""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.postgres.plan import Plan

QUIET_SECONDS = 2.0
LOG_BYTES = 5_000_000
PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    """PostgreSQL cannot be created or started. The message says what to do."""


class OwnerGone(Exception):
    """The portal has ended or asked to stop."""


class Owner:
    """The portal, seen through standard input and the parent's process id."""

    def __init__(self) -> None:
        self._parent = os.getppid()

    def pause(self, seconds: float) -> None:
        """Wait; raise OwnerGone as soon as the portal is gone.

        The process id is looked at too, since a forked child of the portal keeps the pipe open.
        """
        readable, _, _ = select.select([0], [], [], seconds)
        if readable or os.getppid() != self._parent:
            raise OwnerGone


def say(text: str) -> None:
    """Write to the person at the terminal, or a line in the form of the portal's log."""
    line = f"database: {text}"
    if not sys.stderr.isatty():
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        event = {
            "event": "embedded-database",
            "message": text,
            "level": "warning",
            "timestamp": now,
        }
        line = json.dumps(event, ensure_ascii=False)
    with suppress(OSError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


class Patience:
    """Says what is waited for when it takes long, and then again every 10 seconds."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._began = time.monotonic()
        self._next = self._began + QUIET_SECONDS

    def remind(self) -> None:
        """Speak if it is time to."""
        now = time.monotonic()
        if now >= self._next:
            say(f"{self._text} ({now - self._began:.0f} s so far)")
            self._next = now + 10


class Log:
    """PostgreSQL's log file, readable by the portal's user alone."""

    def __init__(self, folder: str) -> None:
        self.path = Path(folder, "server.log")
        if self.path.exists() and self.path.stat().st_size > LOG_BYTES:
            self.path.replace(self.path.with_suffix(".log.1"))
        flags = os.O_CREAT | os.O_APPEND | os.O_RDWR | os.O_CLOEXEC
        self.file = os.fdopen(os.open(self.path, flags, 0o600), "ab")
        self.mark()

    def mark(self) -> None:
        """Remember this place for since_mark()."""
        self._mark = os.fstat(self.file.fileno()).st_size

    def since_mark(self) -> str:
        """What was written since mark(), at most its last 2,000 characters, and where it is."""
        with self.path.open("rb") as file:
            file.seek(self._mark)
            text = file.read().decode(errors="replace").strip()
        return f"{text[-2000:]}\n(whole log: {self.path})"


def _die_with(parent: int) -> None:
    """Ask Linux to stop this process when the supervisor itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)


def launch(
    plan: Plan,
    program: str,
    *arguments: str,
    cwd: Path,
    uid: int | None,
    log: Log,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a PostgreSQL program as user `uid`, with a bare environment and no privilege."""
    parent = os.getpid()
    log.mark()
    other_user: dict[str, Any] = {}
    if uid is not None:
        other_user = {"user": uid, "group": plan.gid, "extra_groups": []}
    return subprocess.Popen(
        [str(Path(plan.install, "bin", program)), *arguments],
        cwd=cwd,
        env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
        stdin=stdin,
        stdout=log.file,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - the supervisor has one thread
        **other_user,
    )


def finish(process: subprocess.Popen[bytes], owner: Owner, what: str, log: Log) -> None:
    """Wait for a program to end well; end it if the portal goes first."""
    try:
        while process.poll() is None:
            owner.pause(0.01)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        raise ServerError(f"{what} failed: {log.since_mark()}")
