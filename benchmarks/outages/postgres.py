"""A PostgreSQL primary with a synchronous standby, from the packages of the operating system."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

from tests.database.portals import until
from tests.outside_demo.external import PASSWORDS, find_programs, unprivileged
from tests.servers import free_port

# Small enough to be full at once, and large enough for what the drill writes.
DISK_MEGABYTES = 512
ONE_MEGABYTE = 1 << 20
OPTIONS = ["max_connections=100", "max_wal_size=128MB", "unix_socket_directories="]
STANDBY = "standby"


class PostgresServer:
    """A server on loopback, in a folder that may be a small disk of its own.

    Attributes:
        port: where it listens.
        own_disk: whether `running_cluster` could make a disk for it.
    """

    def __init__(self, folder: Path) -> None:
        programs = find_programs()
        assert programs is not None, "install PostgreSQL: tools/system-packages names the package"
        self._programs, self._folder, self._data = programs, folder, folder / "data"
        self._user = unprivileged()
        self.own_disk = self._user is not None
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def initialise(self) -> None:
        """Make an empty database cluster."""
        password = self._folder / "password"
        password.write_text(PASSWORDS["postgres"])
        self._give(password)
        options = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        self._run("initdb", "-D", self._data, *options, "--encoding=UTF8", "--no-locale")

    def copy(self, primary: "PostgresServer") -> None:
        """Make a standby of a running server."""
        source = f"{primary.address('postgres', 'postgres')}?application_name={STANDBY}"
        self._run(
            "pg_basebackup", "-D", self._data, "-R", "-X", "stream", "-c", "fast", "-d", source
        )

    def address(self, role: str, database: str = "portal") -> str:
        """Return the address for a role, for this server alone."""
        return f"postgresql://{role}:{PASSWORDS[role]}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [word for option in OPTIONS for word in ("-c", option)]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-h", "127.0.0.1", *settings],
                user=self._user,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        until(self._answers, 60)

    def ensure_running(self) -> bool:
        """Start it if it has ended; answers whether it had."""
        if not self._runs():
            self.start()
            return True
        return False

    def kill(self) -> None:
        """kill -9 all of its processes, as if the machine had lost power."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, children)):
            os.kill(process, signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self._process is not None and self._runs():
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)

    def promote(self) -> None:
        """Make the standby a primary, and wait until it takes writes."""
        self._run("pg_ctl", "-D", self._data, "promote", "-w")

    def fill_disk(self) -> None:
        """Leave no free byte on its disk, which has to be its own."""
        assert self.own_disk
        with suppress(OSError), (self._folder / "filler").open("wb", buffering=0) as file:
            while file.write(bytes(ONE_MEGABYTE)):
                pass

    def free_disk(self) -> None:
        """Take away what filled the disk."""
        (self._folder / "filler").unlink()

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _answers(self) -> bool:
        assert self._runs(), (self._folder / "log").read_text()[-2000:]
        ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def _run(self, program: str, *words: object) -> None:
        command = [str(self._programs / program), *map(str, words)]
        done = subprocess.run(
            command, user=self._user, cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def _give(self, path: Path) -> None:
        if self._user is not None:
            shutil.chown(path, self._user)


class Cluster:
    """A primary and its standby; after `fail_over` the standby is the primary."""

    def __init__(self, primary: PostgresServer, standby: PostgresServer) -> None:
        self.servers: Sequence[PostgresServer] = (primary, standby)
        self.primary = primary

    def address(self, role: str) -> str:
        """Return the address of both, of which clients use the one that takes writes."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in self.servers)
        login = f"{role}:{PASSWORDS[role]}"
        return f"postgresql://{login}@{hosts}/portal?target_session_attrs=read-write"

    def fail_over(self) -> None:
        """Promote the standby."""
        self.primary = self.servers[1]
        self.primary.promote()


async def prepare(cluster: Cluster) -> None:
    """Make the roles and the database, then the standby, and wait for it with each commit."""
    primary, standby = cluster.servers
    admin = await asyncpg.connect(primary.address("postgres", "postgres"))
    try:
        for role in ("portal_owner", "portal"):
            await admin.execute(f"create role {role} login password '{PASSWORDS[role]}'")
        await admin.execute("create database portal owner portal_owner")
        standby.copy(primary)
        standby.start()
        # After the copy, so that the standby, once promoted, waits for no standby of its own.
        await admin.execute(f"alter system set synchronous_standby_names = '{STANDBY}'")
        await admin.execute("select pg_reload_conf()")
    finally:
        await admin.close()


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Both servers, each on a disk of its own if root asks, until the block ends."""
    servers: list[PostgresServer] = []
    with _disk(folder / "first") as first, _disk(folder / "second") as second:
        try:
            for place in (first, second):
                servers.append(PostgresServer(place))
            servers[0].initialise()
            servers[0].start()
            yield Cluster(*servers)
        finally:
            for server in servers:
                server.stop()


@contextmanager
def _disk(folder: Path) -> Iterator[Path]:
    """A small file system in memory, which root alone can make; for others a folder."""
    folder.mkdir()
    user = unprivileged()
    if user is None:
        yield folder
        return
    size = f"size={DISK_MEGABYTES}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        shutil.chown(folder, user)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
