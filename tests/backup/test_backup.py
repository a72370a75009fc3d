"""`portal backup` and `portal restore`: the drill of every run."""

import asyncio
import json
import re
import shutil
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner

from app.accounts.rules import Viewer
from app.audit.checking import verify_log
from app.audit.head_signing import head_signer
from app.audit.linking import link_waiting
from app.backup.archive import MANIFEST
from app.cli.__main__ import portal
from app.database import close_pool, fetch, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import known_migrations, migrated
from app.demo.world import PASSWORD
from app.main import make_app
from app.settings import Settings, read_settings
from app.storage import open_storage
from app.withdrawal.rules import Reason
from app.withdrawal.services import withdraw
from tests.conftest import Portal, Stage, in_database
from tests.people.post import user_id

T = TypeVar("T")
KEY = "resources/a file with 日本語"
CONTENT = bytes(range(256)) * 5000


@dataclass
class Place:
    """A database and a data directory, which the settings of the environment name."""

    settings: Settings
    dsn: str

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run something on the database."""

        async def running() -> T:
            await open_pool(self.dsn)
            try:
                return await work()
            finally:
                await close_pool()

        return asyncio.run(running())


class Machine:
    """Where places are made, and the portal's commands run."""

    def __init__(self, stage: Stage, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.stage, self.folder, self._environment = stage, folder, environment

    def place(self, dsn: str) -> Place:
        """Give a database a data directory of its own, and let the settings name both."""
        data_dir = self.folder / f"data-{uuid4()}"
        self._environment.setenv("PORTAL_DATABASE_URL", dsn)
        self._environment.setenv("PORTAL_MIGRATE_URL", self.stage.owner_dsn(dsn))
        self._environment.setenv("PORTAL_DATA_DIR", str(data_dir))
        return Place(replace(read_settings(), demo=True), dsn)

    def filled(self) -> Place:
        """A portal with the demo world, a stored file, a linked audit log and trusted roots."""
        place = self.place(asyncio.run(self.stage.copy()))
        shutil.copytree(self.stage.settings.trusted_roots, place.settings.trusted_roots)
        shutil.copy(self.stage.settings.secret_file, place.settings.secret_file)

        async def fill() -> None:
            await link_waiting(place.settings)
            await open_storage(place.settings).store_bytes(KEY, CONTENT)

        place.run(fill)
        return place

    def empty(self) -> Place:
        """A new database without tables, and a data directory that is not there yet."""
        name = f"empty{uuid4().hex}"

        async def create() -> None:
            admin = await asyncpg.connect(self.stage.addresses.admin)
            try:
                await admin.execute(f"create database {name} owner portal_owner")
            finally:
                await admin.close()

        asyncio.run(create())
        return self.place(in_database(self.stage.addresses.runtime, name))


@pytest.fixture
def machine(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with nothing on it yet."""
    return Machine(stage, tmp_path, monkeypatch)


def run(*arguments: object) -> tuple[int, str]:
    """Exit code and output of `portal …`."""
    done = CliRunner().invoke(portal, [str(argument) for argument in arguments])
    return done.exit_code, re.sub(r"[\s│]+", " ", done.output)


async def what_counts() -> dict[str, object]:
    """Row counts of all tables, allocation sums, and the audit log's head."""
    names = await fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    found: dict[str, object] = {}
    for row in names:
        found[row["tablename"]] = (await fetch(f'select count(*) n from "{row["tablename"]}"'))[0]
    sums = "select entitlement, sum(quantity) n from allocation group by 1 order by 1"
    found["sums"] = [tuple(row.values()) for row in await fetch(sums)]
    head = "select * from audit_head order by number desc limit 1"
    found["head"] = [tuple(row.values()) for row in await fetch(head)]
    return found


def test_a_restored_portal_is_the_one_that_was_backed_up(machine: Machine) -> None:
    before, file = machine.filled(), machine.folder / "portal.zip"
    code, output = run("backup", file)
    assert code == 0 and "passphrase" in output, output
    assert file.stat().st_mode & 0o777 == 0o600
    after = machine.empty()
    code, output = run("restore", file, "--without-erasures")
    assert code == 0, output
    counted = before.run(what_counts)
    assert counted["head"] and counted["sums"] and after.run(what_counts) == counted

    async def look() -> None:
        report = await verify_log(head_signer(after.settings.secret_file), [], [])
        assert not report.findings and report.count and not report.waiting
        read = open_storage(after.settings).read(KEY, 0, len(CONTENT))
        assert b"".join([piece async for piece in read]) == CONTENT
        app = Portal(make_app(after.settings, after.dsn), after.settings, after.dsn)
        async with app.anonymous() as visitor:
            typed = {"code": "owner", "password": PASSWORD}
            answer = await visitor.post("/login", data=typed)
            assert answer.status_code == 303, "log-in works"
            assert (await visitor.get("/contracts/D-1001")).status_code == 200
        with pytest.raises(asyncpg.PostgresError):
            await fetch("delete from audit_event")

    after.run(look)


def test_who_withdrew_after_the_backup_is_erased_again(machine: Machine) -> None:
    before = machine.filled()
    file, gone = machine.folder / "portal.zip", machine.folder / "erasures.ndjson"
    assert run("backup", file)[0] == 0

    async def leave() -> UUID:
        id = await user_id("member")
        viewer = Viewer(id, uuid4(), "member", "", "ja", None, True, False, generation=1)
        await withdraw(before.settings, viewer, Reason.OTHER, "")
        return id

    before.run(leave)
    assert run("erasures", "export", "--out", gone)[0] == 0
    after = machine.empty()
    code, output = run("restore", file)
    assert code == 2 and "--without-erasures" in output, "it asks before it brings people back"
    code, output = run("restore", file, "--erasures", gone)
    assert code == 0 and "1 of 1 people were erased" in output
    assert after.run(lambda: user_id("member")) is None


def test_a_backup_goes_into_an_empty_place_only(machine: Machine) -> None:
    machine.filled()
    file = machine.folder / "portal.zip"
    run("backup", file)
    code, output = run("backup", file)
    assert code == 1 and "already exists" in output, "a backup never replaces another"
    machine.filled()
    code, output = run("restore", file, "--without-erasures")
    assert code == 1 and "already has tables" in output
    after = machine.empty()
    asyncio.run(open_storage(after.settings).store_bytes("other", b"1"))
    code, output = run("restore", file, "--without-erasures")
    assert code == 1 and "storage already has other" in output
    after = machine.empty()
    after.settings.data_dir.mkdir()
    after.settings.secret_file.write_bytes(b"another")
    code, output = run("restore", file, "--without-erasures")
    assert code == 1 and "secret differs" in output


def test_a_broken_backup_leaves_the_place_as_empty_as_before(machine: Machine) -> None:
    machine.filled()
    whole, broken = machine.folder / "portal.zip", machine.folder / "broken.zip"
    run("backup", whole)
    machine.empty()
    content = whole.read_bytes()
    for wrong in (content[: len(content) // 2], b"", content[:-30]):
        broken.write_bytes(wrong)
        code, output = run("restore", broken, "--without-erasures")
        assert code == 1 and "Cannot restore" in output

    for table, change in (("membership", -1), ("portal_user", 1)):
        rewrite(whole, broken, table, change)
        code, output = run("restore", broken, "--without-erasures")
        assert code == 1 and "does not have the expected" in output
    code, output = run("restore", whole, "--without-erasures")
    assert code == 0, "the same place still takes the whole one"


def rewrite(whole: Path, broken: Path, table: str, change: int) -> None:
    """Copy a backup with another number of rows for a table in its manifest."""
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == MANIFEST:
                values = json.loads(content)
                for each in values["tables"]:
                    each["rows"] += change if each["name"] == table else 0
                content = json.dumps(values).encode()
            copy.writestr(name, content)


def test_a_backup_of_an_older_version_is_brought_up_to_date(machine: Machine) -> None:
    old, file = machine.empty(), machine.folder / "old.zip"
    earlier = known_migrations()[0]

    async def install() -> None:
        # The grants of this version name tables that the old one has not; its owner suffices.
        owner = machine.stage.owner_dsn(old.dsn)
        async with migrated(owner, owner, through=earlier) as connection:
            await connection.execute("insert into corporate_group values ($1, '旧', 1)", uuid4())

    asyncio.run(install())
    assert run("backup", file)[0] == 0
    after = machine.empty()
    code, output = run("restore", file, "--without-erasures")
    assert code == 0, output
    rows = after.run(lambda: fetch("select name, revision from corporate_group"))
    assert [tuple(row.values()) for row in rows] == [("旧", 1)]
    ran = after.run(lambda: fetch("select name from migration order by name"))
    assert [row["name"] for row in ran] == known_migrations()


def test_files_that_stay_in_their_store_need_no_empty_one(machine: Machine) -> None:
    machine.filled()
    file = machine.folder / "portal.zip"
    code, output = run("backup", file, "--without-files", "--without-secret")
    assert code == 0 and "Not included, but needed: the files" in output and "secret file" in output
    after = machine.empty()
    asyncio.run(open_storage(after.settings).store_bytes(KEY, CONTENT))
    assert run("restore", file, "--without-erasures")[0] == 0
    assert not after.settings.secret_file.exists()


def test_a_running_portal_that_brings_its_database_can_be_backed_up(stage: Stage) -> None:
    assert EmbeddedServer(stage.settings.data_dir).join() == stage.addresses


def test_a_database_of_something_else_is_refused(machine: Machine) -> None:
    machine.empty()
    code, output = run("backup", machine.folder / "portal.zip")
    assert code == 1 and "not a portal database" in output
    assert not list(machine.folder.glob("*portal.zip*")), "nothing half written stays"
