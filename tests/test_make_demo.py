"""`make demo` as a person runs it: whatever ends it, nothing of it stays behind."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.database.portals import processes, until
from tests.missing import missing
from tests.servers import free_port

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def with_make() -> None:
    """Where everything is to be tested, a missing make is a failure."""
    if shutil.which("make") is None:
        missing("there is no make: install the package make")


@pytest.mark.usefixtures("with_make")
@pytest.mark.parametrize(
    ("sign", "to_group"),
    [
        pytest.param(signal.SIGTERM, False, id="SIGTERM to make"),
        pytest.param(signal.SIGKILL, False, id="SIGKILL to make"),
        pytest.param(signal.SIGINT, True, id="Ctrl-C at the terminal"),
        pytest.param(signal.SIGKILL, True, id="SIGKILL to all but the database"),
    ],
)
def test_the_end_of_make_demo_leaves_no_process(
    tmp_path: Path, sign: signal.Signals, to_group: bool
) -> None:
    port = free_port()
    environ = {**os.environ, "PORTAL_PORT": str(port), "PORTAL_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(
        ["make", "demo"],
        cwd=PROJECT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as make:
        assert make.stdout is not None
        assert f"ready http://127.0.0.1:{port}\n" in iter(make.stdout.readline, "")
        sockets = (tmp_path / "postgres/runtime").read_text()
        group = os.getpgid(make.pid)
        assert processes(sockets)
        (os.killpg if to_group else os.kill)(make.pid, sign)
    until(lambda: not processes(sockets) and not members(group))
    assert not Path(sockets).exists()


def members(group: int) -> bool:
    """Whether any process of the process group still runs."""
    listing = subprocess.run(
        ["ps", "-e", "-o", "pgid=,stat="], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listing.stdout.splitlines()]
    return any(int(row[0]) == group and not row[1].startswith("Z") for row in rows)
