"""Files that are either the old or the new one, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace ``path`` by ``data``: after a power loss it holds all of the old or of the new.

    Raises ``OSError``. ``mode`` is lessened by the umask, as for any new file.
    """
    prepare(path, data, mode)
    commit(path)


def prepare(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Put ``data`` safely beside ``path``, where no program looks for it. Raises ``OSError``."""
    _beside(path).unlink(missing_ok=True)  # left behind by a power loss
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(_beside(path), flags, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def commit(path: Path) -> None:
    """Let what :func:`prepare` wrote take the place of ``path``. Raises ``OSError``."""
    _beside(path).replace(path)
    if os.name == "posix":  # elsewhere a folder cannot be opened, and the rename is journalled
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".new")
