"""One command at a time per state folder; the operating system frees the lock of a dead process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from licensed_system.outcomes import Outcome, refuse

_PAUSE = 0.05


@contextmanager
def locked(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock file ``path``. Raises ``Refused``: ``busy`` after ``wait`` seconds."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise refuse(Outcome.UNWRITABLE_FILE, path=str(path)) from fault
    try:
        deadline = time.monotonic() + wait
        while not _take(handle):
            if time.monotonic() >= deadline:
                raise refuse(Outcome.BUSY)
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  (exists on Windows only)

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  (exists elsewhere only)

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
