"""pgbouncer in transaction mode in front of whichever server is the primary."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.database.portals import until
from tests.outside_demo.external import PASSWORDS, unprivileged
from tests.servers import free_port, listens

# docs/high-availability.md explains them.
SETTINGS = """
[databases]
portal = host=127.0.0.1 port={primary}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 20
server_login_retry = 1
query_wait_timeout = 10
"""


class Pooler:
    """pgbouncer as a process.

    Attributes:
        port: where it listens.
    """

    def __init__(self, folder: Path, primary: int) -> None:
        self._folder, self.port = folder, free_port()
        users = "".join(f'"{role}" "{word}"\n' for role, word in PASSWORDS.items())
        (folder / "users").write_text(users)
        self._write(primary)
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["pgbouncer", str(self._folder / "pgbouncer.ini")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=unprivileged(), cwd=self._folder, stdout=log, stderr=log
            )
        until(lambda: listens(self.port))

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait(30)

    def address(self, role: str) -> str:
        """Return the address for a role."""
        return f"postgresql://{role}:{PASSWORDS[role]}@127.0.0.1:{self.port}/portal"

    def point_to(self, primary: int) -> None:
        """Use another server from now on, as a fail-over manager has it."""
        self._write(primary)
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End it, with the connections that go through it."""
        self._process.terminate()
        self._process.wait(30)

    def _write(self, primary: int) -> None:
        text = SETTINGS.format(primary=primary, port=self.port, folder=self._folder)
        (self._folder / "pgbouncer.ini").write_text(text)


@contextmanager
def running_pooler(folder: Path, primary: int) -> Iterator[Pooler]:
    """The pooler until the block ends."""
    folder.mkdir()
    user = unprivileged()
    if user is not None:
        shutil.chown(folder, user)
    pooler = Pooler(folder, primary)
    try:
        yield pooler
    finally:
        pooler.stop()
