"""gunicorn with one worker, which serves benchmarks/django_page.py from a virtual environment."""

import os
import subprocess
from pathlib import Path

from benchmarks.load import ServerProcess
from tests.servers import PROJECT, free_port

FOLDER = PROJECT / "build" / "django"
PINS = PROJECT / "benchmarks" / "django-requirements.txt"
# Django is no part of the portal: it stands in a virtual environment of its own.
THREADS = 4


def install_django() -> None:
    """Make the virtual environment, unless it has today's pins already.

    Raises:
        CalledProcessError: the packages cannot be fetched.
    """
    kept = FOLDER / PINS.name
    if kept.exists() and kept.read_bytes() == PINS.read_bytes():
        return
    subprocess.run([PROJECT / "tools" / "make-venv", FOLDER], check=True)
    pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    subprocess.run(
        [*pip, "-qq", "--no-deps", "--require-hashes", "--requirement", PINS], check=True
    )
    kept.write_bytes(PINS.read_bytes())


def django_server(recorded: Path, ready: str) -> ServerProcess:
    """The server, not started yet; threads keep connections open, as wrk and browsers want it."""
    port = free_port()
    command = [
        str(FOLDER / "bin" / "gunicorn"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread"),
        *("--threads", str(THREADS), "--keep-alive", "60", "--log-level", "error"),
        # The portal logs a line for each request, too.
        *("--access-logfile", os.devnull),
        "benchmarks.django_page:application",
    ]
    return ServerProcess(command, port, ready, PORTAL_FLOOR=str(recorded))
