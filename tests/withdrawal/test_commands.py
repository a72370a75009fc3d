"""`portal erasures`: a restored backup forgets again who had withdrawn since."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner

from app import clock
from app.accounts.rules import Viewer
from app.database import close_pool, fetch, fetch_value, open_pool
from app.withdrawal.commands import erasures
from app.withdrawal.rules import NOTE_KEPT, Reason
from app.withdrawal.services import wipe_notes, withdraw
from tests.conftest import Portal, Stage
from tests.people.post import make_owner, user_id

T = TypeVar("T")


class Backup:
    """A database, and a backup that is older than the withdrawals in it."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
        self.stage, self._environment, self._data_dir = stage, monkeypatch, data_dir
        self.now, self.old = asyncio.run(self._copies())
        self.use(self.now)

    async def _copies(self) -> tuple[str, str]:
        return await self.stage.copy(), await self.stage.copy()

    def use(self, dsn: str) -> None:
        """Let the settings name this database."""
        self._environment.setenv("PORTAL_DATABASE_URL", dsn)
        self._environment.setenv("PORTAL_MIGRATE_URL", self.stage.owner_dsn(dsn))
        self._environment.setenv("PORTAL_DATA_DIR", str(self._data_dir))
        self._environment.setenv("PORTAL_SECRET_FILE", str(self.stage.settings.secret_file))
        self.dsn = dsn

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run something on the database in use."""

        async def running() -> T:
            await open_pool(self.dsn)
            try:
                return await work()
            finally:
                await close_pool()

        return asyncio.run(running())

    async def leave(self, code: str) -> UUID:
        """Somebody withdraws."""
        id = await user_id(code)
        viewer = Viewer(id, uuid4(), code, "", "ja", None, True, False, generation=1)
        await withdraw(self.stage.settings, viewer, Reason.OTHER, "")
        return id


@pytest.fixture
def backup(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Backup:
    """A database and its older backup."""
    return Backup(stage, monkeypatch, tmp_path)


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `portal erasures …`."""
    done = CliRunner().invoke(erasures, list(arguments))
    return done.exit_code, done.output if done.exit_code else done.stdout


def test_a_restored_backup_forgets_again_who_had_withdrawn(backup: Backup, tmp_path: Path) -> None:
    file = tmp_path / "erasures.ndjson"
    gone = backup.run(lambda: backup.leave("member"))
    assert run("export", "--out", str(file)) == (
        0,
        f"Exported 1 erasures to {file}. Keep it apart from the database backups.\n",
    )
    [line] = file.read_text("utf-8").splitlines()
    assert json.loads(line)["user"] == str(gone) and set(json.loads(line)) == {"user", "at"}

    backup.use(backup.old)
    assert backup.run(lambda: user_id("member")) == gone, "the backup brought them back"
    for _ in range(2):
        assert run("replay", str(file)) == (0, "1 of 1 people were erased.\n")
    assert backup.run(lambda: user_id("member")) is None
    counts = "select (select count(*) from withdrawal), (select count(*) from mail)"
    assert tuple(backup.run(lambda: fetch(counts))[0].values()) == (1, 0)
    at = backup.run(lambda: fetch_value("select at from withdrawal"))
    assert at.isoformat() == json.loads(line)["at"], "they withdrew when they did"


def test_who_would_leave_a_contract_without_an_owner_is_named(
    backup: Backup, tmp_path: Path
) -> None:
    file = tmp_path / "erasures.ndjson"

    async def hand_over_and_leave() -> UUID:
        await make_owner("member")
        return await backup.leave("owner")

    gone = backup.run(hand_over_and_leave)
    run("export", "--out", str(file))
    backup.use(backup.old)
    code, output = run("replay", str(file))
    assert code == 1 and str(gone) in output and "0 of 1" in output
    backup.run(lambda: make_owner("member"))
    assert run("replay", str(file))[0] == 0
    assert backup.run(lambda: user_id("owner")) is None


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"user": 1, "at": "x"}', "\x00"])
def test_a_file_that_is_none_erases_nobody(tmp_path: Path, line: str) -> None:
    file = tmp_path / "broken.ndjson"
    good = json.dumps({"user": str(uuid4()), "at": clock.now().isoformat()})
    file.write_text(f"{good}\n{line}\n", "utf-8")
    code, output = run("replay", str(file))
    assert code == 1 and "line 2 of" in output


async def test_what_people_wrote_is_wiped_after_a_while(portal: Portal) -> None:
    for age, user in ((NOTE_KEPT + timedelta(minutes=1), uuid4()), (timedelta(days=1), uuid4())):
        await fetch(
            "insert into withdrawal (id, erased_user, staff, reason, note, at)"
            " values ($1, $1, false, null, 'words', $2)",
            user,
            clock.now() - age,
        )
    await wipe_notes()
    rows = await fetch("select note from withdrawal order by at")
    assert [row["note"] for row in rows] == ["", "words"]


async def test_an_account_is_erased_once_only(portal: Portal) -> None:
    sql = (
        "insert into withdrawal (id, erased_user, staff, note, at)"
        " values (gen_random_uuid(), $1, false, '', now())"
    )
    user = uuid4()
    await fetch(sql, user)
    with pytest.raises(asyncpg.UniqueViolationError):
        await fetch(sql, user)
    with pytest.raises(asyncpg.CheckViolationError):
        await fetch("update withdrawal set reason = 'else'")
