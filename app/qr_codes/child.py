"""The process that reads one photograph: from standard input to one line of JSON.

A hostile picture can take this process's time and memory, and nothing else: it has the limits of
`limits`, no network and no database, and writes no file.
"""

import contextlib
import json
import os
import resource
import sys

from app.qr_codes.faults import PhotoFault, Unreadable
from app.qr_codes.limits import CPU_SECONDS, MOST_MEMORY
from app.qr_codes.reading import read_codes

LIMITS = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MOST_MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)
# Pages go first.
NICENESS = 10


def main() -> None:
    """Write the texts of the codes, or why there are none."""
    for limit, most in LIMITS:
        # Continue where the system does not know a limit, or has a lower one.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    os.nice(NICENESS)
    try:
        _write("codes", read_codes(sys.stdin.buffer))
    except Unreadable as error:
        _write("fault", error.fault)
    except MemoryError:
        _write("fault", PhotoFault.TOO_LARGE)


def _write(kind: str, value: object) -> None:
    sys.stdout.write(json.dumps([kind, value]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
