"""A new data directory: made whole or not at all, with its roles and its database."""

import json
import os
import shutil
from pathlib import Path

from app.postgres.plan import Plan
from app.postgres.programs import Log, Owner, finish, launch


def _statements(passwords: dict[str, str]) -> str:
    """The roles and the database. Single-user mode takes one statement a line."""
    return (
        f"ALTER ROLE postgres PASSWORD '{passwords['postgres']}'\n"
        f"CREATE ROLE portal_owner LOGIN PASSWORD '{passwords['portal_owner']}'\n"
        f"CREATE ROLE portal LOGIN PASSWORD '{passwords['portal']}'\n"
        "CREATE DATABASE portal OWNER portal_owner\n"
        "REVOKE ALL ON DATABASE portal FROM PUBLIC\n"
        "GRANT CONNECT ON DATABASE portal TO portal\n"
    )


def create(plan: Plan, owner: Owner, log: Log) -> None:
    """Make the data directory beside its place and move it there whole, or not at all.

    What makes it refuses a user without a name, which the server's own user lacks: it runs as
    another, and the files change hands after.

    Raises:
        ServerError: a program failed.
        OwnerGone: the portal has ended.
    """
    new = plan.data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if plan.uid is not None and plan.gid is not None and plan.creator_uid is not None:
        os.chown(new, plan.creator_uid, plan.gid)
    inside = str(new) if plan.uid is None else plan.data_seen_from_inside
    options = "--username=postgres --auth=reject --data-checksums --no-locale --encoding=UTF8"
    builtin = "--locale-provider=builtin --builtin-locale=C.UTF-8"
    arguments = [f"--pgdata={inside}", *options.split(), *builtin.split()]
    initdb = launch(plan, "initdb", *arguments, cwd=new, uid=plan.creator_uid, log=log)
    finish(initdb, owner, "Creating the database", log)
    _make_roles(plan, new, inside, owner, log)
    (new / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    _sync(new / "pg_hba.conf")
    _hand_over(plan, new)
    new.rename(plan.data)
    _sync(Path(plan.folder))


def _make_roles(plan: Plan, new: Path, inside: str, owner: Owner, log: Log) -> None:
    passwords = json.loads(Path(plan.folder, "passwords.json").read_text())
    reading, writing = os.pipe()
    # A pipe holds 64 KiB, so this is over before anybody reads.
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(_statements(passwords).encode())
    options = ["-c", "exit_on_error=on", "-c", "log_min_error_statement=panic"]
    arguments = ["--single", "-D", inside, *options, "postgres"]
    single = launch(
        plan, "postgres", *arguments, cwd=new, uid=plan.creator_uid, log=log, stdin=reading
    )
    os.close(reading)
    finish(single, owner, "Creating the database's roles", log)


def _hand_over(plan: Plan, new: Path) -> None:
    """Give the data to the server's own user."""
    if plan.uid is None or plan.gid is None:
        return
    for folder, _, files in os.walk(new):
        os.chown(folder, plan.uid, plan.gid)
        for file in files:
            os.chown(Path(folder, file), plan.uid, plan.gid)


def _sync(path: Path) -> None:
    """Have a file, or a folder's entries, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
