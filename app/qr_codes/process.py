"""Photographs that people send, read in a separate process that cannot hurt this one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from app.qr_codes.faults import PhotoFault, Unreadable

# Where the system finds the interpreter's libraries; nothing of the portal's own settings.
INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
LONGEST_WAIT = 60
# Run by its place: this process never loads what opens pictures.
READER = Path(__file__).with_name("reading.py")


def read_photo(file: IO[bytes]) -> list[str]:
    """Return the texts of the QR codes in a picture. Blocks: call it in a thread.

    Args:
        file: with a descriptor; read from its beginning.

    Raises:
        Unreadable: nothing was read from it.
    """
    file.seek(0)
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        ended = subprocess.run(
            [sys.executable, "-I", READER],
            stdin=file,
            stdout=subprocess.PIPE,
            env=environment,
            timeout=LONGEST_WAIT,
            check=False,
        )
        kind, value = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        # It met a limit of time or memory.
        raise Unreadable(PhotoFault.TOO_LARGE) from None
    if kind == "fault":
        raise Unreadable(PhotoFault(value))
    return [str(text) for text in value]
