"""Run the command and die like a machine that loses power, before the n-th write reaches the disk.

``python -m tests.licensed_system.killed N OPTIONS...``
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from licensed_system.command import main

_calls = count(1)


def _mortal(act: Callable[..., Any], last: int) -> Callable[..., Any]:
    def run(*arguments: Any, **options: Any) -> Any:
        if next(_calls) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*arguments, **options)

    return run


if __name__ == "__main__":
    for name in ("fsync", "replace"):
        setattr(os, name, _mortal(getattr(os, name), int(sys.argv[1])))
    sys.exit(main(sys.argv[2:]))
