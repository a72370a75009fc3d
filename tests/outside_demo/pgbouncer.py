"""pgbouncer in transaction mode in front of a PostgreSQL server, as Debian packages it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from app.database.embedded import Addresses
from tests.database.portals import until
from tests.outside_demo.external import PASSWORDS, unprivileged
from tests.servers import free_port

# So few connections that each goes from one client to the next all the time.
SERVERS = 3


@contextmanager
def pgbouncer(addresses: Addresses) -> Iterator[int]:
    """A running pgbouncer; the value is its port."""
    program, user, port = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), None, free_port()
    assert program is not None
    user = unprivileged()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        users = folder / "users"
        users.write_text("".join(f'"{role}" "{word}"\n' for role, word in PASSWORDS.items()))
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n* = host=127.0.0.1 port={urlsplit(addresses.admin).port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = transaction\n"
            f"default_pool_size = {SERVERS}\nmax_client_conn = 200\n"
        )
        if user is not None:
            for path in (folder, users, settings):
                shutil.chown(path, user)
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(
                [program, str(settings)], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            until(lambda: "process up" in (folder / "log").read_text())
            yield port
        finally:
            running.terminate()
            running.wait(30)
