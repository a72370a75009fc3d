"""Whether a folder is fit for a private key: no one else may put files or links into it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

WRITABLE_BY_OTHERS = stat.S_IWOTH
LOOSE = stat.S_IWGRP | stat.S_IRWXO


def unsafe_part(folder: Path, files: Iterable[Path]) -> Path | None:
    """Return the first part that others could change, or ``None``. Raises ``OSError``.

    ``folder`` may be missing; its parents are looked at all the same. Windows guards files by
    access lists, which this does not read.
    """
    if os.name != "posix":
        return None
    shared = _shared_parent(folder)
    if shared is not None:
        return shared
    if not os.path.lexists(folder):
        return None
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & WRITABLE_BY_OTHERS:
        return folder
    if found.st_uid != os.geteuid() and folder.resolve().parent.stat().st_mode & WRITABLE_BY_OTHERS:
        return folder
    return next((file for file in files if os.path.lexists(file) and _is_loose(file)), None)


def _shared_parent(folder: Path) -> Path | None:
    """The first folder above in which others could replace what is below."""
    nearest = folder.absolute().parent.resolve()
    for parent in (nearest, *nearest.parents):
        mode = parent.stat().st_mode if parent.exists() else 0
        if mode & WRITABLE_BY_OTHERS and not mode & stat.S_ISVTX:
            return parent
    return None


def _is_loose(file: Path) -> bool:
    """A link leads elsewhere; a file that others may change holds what they like."""
    mode = file.lstat().st_mode
    return not stat.S_ISREG(mode) or bool(mode & LOOSE)
