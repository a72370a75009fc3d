"""Documents are set in a process of their own: it gives its memory back, and pages go first."""

import os
import subprocess
import sys

import msgspec

from app.pdf.documents import Document

# Where the system finds the interpreter's libraries; nothing of the portal's own settings.
INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
LONGEST_WAIT = 60


class NotMade(Exception):
    """The process ended without a file; it has said why on standard error, or met a limit."""


def make_pdf(document: Document) -> bytes:
    """Return the file of a document. Blocks: call it in a thread.

    Raises:
        NotMade: a defect, or a document beyond the limits of `child`.
    """
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # One core: the others make pages.
    environment["RAYON_NUM_THREADS"] = "1"
    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-m", "app.pdf.child"],
            input=msgspec.json.encode(document),
            stdout=subprocess.PIPE,
            env=environment,
            timeout=LONGEST_WAIT,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotMade from error
    return ended.stdout
