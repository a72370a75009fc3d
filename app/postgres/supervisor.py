"""The process between the portal and its embedded PostgreSQL: starts, watches and stops it.

It is started without site packages and imports nothing but the standard library and this folder:
so it is up in a few hundredths of a second and stays small for as long as the portal runs.
Standard input is a pipe that only the portal holds; its end of file means that the portal is gone,
however it went, and PostgreSQL is stopped. Standard output carries one JSON line: {} once the
server answers, {"error": text} when it cannot.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.postgres.cluster import create
from app.postgres.plan import Plan
from app.postgres.programs import Log, Owner, OwnerGone, Patience, ServerError, launch, say

MAJOR_VERSION = "18"
FAST_STOP_SECONDS = 60.0
IMMEDIATE_STOP_SECONDS = 10.0
STARTING = "waiting for PostgreSQL to start; after a crash it recovers first, however long that is"

# Given at each start and not in postgresql.conf: so they hold for data of any age, and no SQL
# can alter them.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # A log names no person: neither the values of a statement nor the key of a refused row.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@contextmanager
def _only_supervisor(plan: Plan, owner: Owner) -> Iterator[None]:
    """Be alone with this data: wait for a former supervisor that is still stopping its server."""
    patience = Patience("waiting for the former server of this data to stop")
    with Path(plan.folder, "server.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                patience.remind()
                owner.pause(0.02)
        yield


@contextmanager
def _runtime_folder(plan: Plan) -> Iterator[None]:
    """Note the folder of this run, and remove one that a killed supervisor left."""
    noted = Path(plan.folder, "runtime")
    if noted.exists() and (former := noted.read_text()) != plan.runtime:
        shutil.rmtree(former, ignore_errors=True)
    noted.write_text(plan.runtime)
    # A cleaner of temporary files leaves a locked folder alone, however old its files are.
    descriptor = os.open(plan.runtime, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)
        noted.unlink()


def _command_line(pid: int) -> str:
    """The command line of a process, or nothing if there is none."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        return ""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout


def _end_orphan(plan: Plan, owner: Owner) -> None:
    """Stop a server that outlived its supervisor, and disarm a process id that is now another's.

    PostgreSQL refuses to start while the process named in postmaster.pid lives. After a restart
    of the machine that may be anything. The file itself must stay, since its line about shared
    memory is how PostgreSQL notices former processes that still write; naming this process, its
    parent, makes the first line harmless.
    """
    file = plan.data / "postmaster.pid"
    if not file.exists():
        return
    lines = file.read_text().splitlines()
    pid = int(lines[0])
    patience = Patience("stopping a server of this data that was left running")
    sockets = lines[4] if len(lines) > 4 else ""
    while sockets and sockets in _command_line(pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        patience.remind()
        owner.pause(0.1)
    if file.exists():
        file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")


def _stop(postmaster: "subprocess.Popen[bytes]") -> None:
    """Fast shutdown; what hangs is stopped at once, which loses nothing but the next start's time.

    Nothing acknowledged is lost either way: it is in the write-ahead log.
    """
    steps = ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS))
    for sign, seconds in steps:
        postmaster.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            postmaster.wait(seconds)
            return
    postmaster.kill()
    postmaster.wait()


@contextmanager
def _postmaster(plan: Plan, log: Log) -> Iterator["subprocess.Popen[bytes]"]:
    """A running server, stopped at the end of the block."""
    settings = {**SETTINGS, "unix_socket_directories": str(plan.sockets)}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    postmaster = launch(
        plan,
        "postgres",
        "-D",
        plan.data_seen_from_inside,
        *arguments,
        cwd=plan.data,
        uid=plan.uid,
        log=log,
    )
    try:
        yield postmaster
    finally:
        if postmaster.poll() is None:
            _stop(postmaster)


def _answers(plan: Plan, postmaster: "subprocess.Popen[bytes]") -> bool:
    """Whether the server takes connections: it says so in the file with its process id."""
    try:
        lines = (plan.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(postmaster.pid) and lines[7].strip() == "ready"


def _ready(
    plan: Plan, postmaster: "subprocess.Popen[bytes]", owner: Owner, log: Log, patience: Patience
) -> bool:
    """Wait until the server answers, crash recovery included, however long that is.

    False where processes of a killed server still hold its memory: the caller tries again.
    """
    while not _answers(plan, postmaster):
        if postmaster.poll() is not None:
            patience.remind()
            owner.pause(0.1)
            if "shared memory block" in log.since_mark():
                return False
            raise ServerError(f"PostgreSQL did not start: {log.since_mark()}")
        patience.remind()
        owner.pause(0.01)
    return True


def _supervise(plan: Plan, owner: Owner, log: Log) -> None:
    """Keep a server running until the portal is gone; a killed one is started again."""
    _end_orphan(plan, owner)
    if not plan.data.exists():
        create(plan, owner, log)
    version = (plan.data / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise ServerError(
            f"{plan.data} was created by PostgreSQL {version}, but this is {MAJOR_VERSION}. Dump "
            "it with the previous version of the portal and load it into a new folder."
        )
    patience = Patience(STARTING)
    while True:
        with _postmaster(plan, log) as postmaster:
            if not _ready(plan, postmaster, owner, log, patience):
                continue
            _tell_ready()
            while postmaster.poll() is None:
                owner.pause(0.2)
        say(f"PostgreSQL has ended ({log.path}); starting it again")
        patience = Patience(STARTING)


def _tell_ready() -> None:
    """Let the portal continue; after that it reads no more."""
    with suppress(OSError):
        os.write(1, b"{}\n")


def _tell_failure(text: str) -> None:
    """Tell the portal, or the person at the terminal if the portal no longer reads."""
    try:
        os.write(1, json.dumps({"error": text}).encode() + b"\n")
    except OSError:
        say(text)


def _keep_running(*_: object) -> None:
    """Leave signals to the portal: the end of the portal is the one reason to stop.

    A handler, and not SIG_IGN, since PostgreSQL's programs would inherit that.
    """


def main() -> None:
    """Run with the plan, as JSON, in the first argument."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _keep_running)
    os.umask(0o077)
    plan = Plan(**json.loads(sys.argv[1]))
    owner = Owner()
    try:
        with _only_supervisor(plan, owner), _runtime_folder(plan):
            _supervise(plan, owner, Log(plan.folder))
    except OwnerGone:
        pass
    except (ServerError, OSError) as error:
        _tell_failure(str(error))
    finally:
        shutil.rmtree(plan.runtime, ignore_errors=True)
