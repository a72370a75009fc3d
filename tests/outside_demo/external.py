"""A PostgreSQL server that the portal did not bring along, as Debian packages it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from app.database.embedded import Addresses
from tests.servers import free_port

PASSWORDS = {"postgres": "admin-7", "portal_owner": "owner-7", "portal": "runtime-7"}
QUICK = ["-c", "fsync=off", "-c", "max_connections=200", "-c", "unix_socket_directories="]


def find_programs() -> Path | None:
    """Folder of initdb and postgres; the newest where there are several."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if packaged:
        return packaged[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _version(initdb: Path) -> int:
    return int(initdb.parent.parent.name)


def unprivileged() -> str | None:
    """Whom root lets the server run as; None for everybody else, who runs it themselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def external_server(programs: Path) -> Iterator[Addresses]:
    """A running server on loopback, with both roles of the portal and a database that is empty."""
    user, port = unprivileged(), free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        password = folder / "password"
        password.write_text(PASSWORDS["postgres"])
        if user is not None:
            shutil.chown(folder, user)
            shutil.chown(password, user)
        data = str(folder / "data")
        options = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
        make = [str(programs / "initdb"), "-D", data, *options, "--encoding=UTF8", "--no-locale"]
        subprocess.run(make, user=user, cwd=folder, check=True, capture_output=True)
        serve = [str(programs / "postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1", *QUICK]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(serve, user=user, cwd=folder, stdout=log, stderr=log)
        try:
            yield Addresses(
                owner=_dsn("portal_owner", "portal", port),
                runtime=_dsn("portal", "portal", port),
                admin=_dsn("postgres", "postgres", port),
            )
        finally:
            server.terminate()
            server.wait(60)


def _dsn(role: str, database: str, port: int) -> str:
    return f"postgresql://{role}:{PASSWORDS[role]}@127.0.0.1:{port}/{database}"


async def make_roles(addresses: Addresses) -> None:
    """What a vendor's administrator does once, when the server answers."""
    admin = await asyncpg.connect(addresses.admin)
    try:
        for role in ("portal_owner", "portal"):
            await admin.execute(f"create role {role} login password '{PASSWORDS[role]}'")
        await admin.execute("create database portal owner portal_owner")
    finally:
        await admin.close()


async def answers(addresses: Addresses) -> bool:
    """Whether the server takes connections by now."""
    try:
        connection = await asyncpg.connect(addresses.admin)
    except (OSError, asyncpg.CannotConnectNowError):
        return False
    await connection.close()
    return True
