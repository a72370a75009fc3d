"""The token of a service account, read from a file that only its owner may read."""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from licensed_system.outcomes import Outcome, refuse

STANDARD_INPUT = Path("-")
_LONGEST = 1024
_READABLE_BY_OTHERS = stat.S_IRWXO
# A file named by mistake must not be sent to the portal, whatever it holds.
_TOKEN = re.compile(rb"lp1_[a-z][0-9A-Za-z]{49}")


def read_token(path: Path) -> str:
    """The token in ``path``, or on standard input for ``-``.

    Raises ``unreadable-file``, ``unsafe-token-file`` or ``bad-token-file``.
    """
    if path == STANDARD_INPUT:
        return _token_in(sys.stdin.buffer.read(_LONGEST), path)
    try:
        with path.open("rb") as file:
            if _is_shared(file):
                raise refuse(Outcome.UNSAFE_TOKEN_FILE, path=str(path))
            return _token_in(file.read(_LONGEST), path)
    except OSError as fault:
        raise refuse(Outcome.UNREADABLE_FILE, path=str(path)) from fault


def _is_shared(file: BinaryIO) -> bool:
    """Whether users beyond the owner and its group may read the open file.

    The file counts, not a link to it: secrets of containers are links. Windows guards files by
    access lists, which this does not read.
    """
    return os.name == "posix" and bool(os.fstat(file.fileno()).st_mode & _READABLE_BY_OTHERS)


def _token_in(data: bytes, path: Path) -> str:
    found = data.strip()
    if not _TOKEN.fullmatch(found):
        raise refuse(Outcome.BAD_TOKEN_FILE, path=str(path))
    return found.decode("ascii")
