"""`portal staff create`: from an installation with nobody to its first administrator."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from app.database import close_pool, fetch_value, open_pool
from app.staff.commands import staff
from tests.conftest import Stage

OPTIONS = ["--code", "Boss", "--name", "初代 管理者", "--email", "boss@example.org"]


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `portal staff …`."""
    done = CliRunner().invoke(staff, list(arguments))
    return done.exit_code, done.output if done.exit_code else done.stdout


@pytest.fixture
def dsn(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the test's own, which the settings name."""
    dsn = asyncio.run(stage.copy())
    monkeypatch.setenv("PORTAL_DATABASE_URL", dsn)
    monkeypatch.setenv("PORTAL_MIGRATE_URL", stage.owner_dsn(dsn))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_SECRET_FILE", str(stage.settings.secret_file))
    return dsn


async def _value(dsn: str, query: str) -> object:
    await open_pool(dsn)
    try:
        return await fetch_value(query)
    finally:
        await close_pool()


def test_the_first_administrator_gets_a_link_and_no_password(dsn: str) -> None:
    code, output = run("create", *OPTIONS)
    assert code == 0, output
    assert urlsplit(output.strip()).path.startswith("/password/reset/")
    role = asyncio.run(_value(dsn, "select staff_role from portal_user where code = 'boss'"))
    assert role == "administrator"
    token = output.strip().rsplit("/", 1)[1]
    kept = asyncio.run(
        _value(dsn, f"select count(*) from password_reset r where r::text like '%{token}%'")
    )
    assert kept == 0, "only the token's hash is kept"


def test_the_same_account_twice_is_refused_in_one_line(dsn: str) -> None:
    run("create", *OPTIONS)
    code, output = run("create", *OPTIONS)
    assert code == 1 and "Another account uses this user code" in output


def test_what_cannot_be_used_is_told_before_anything_is_done(dsn: str) -> None:
    code, output = run("create", "--code", "x", "--name", "y", "--email", "nobody")
    assert code == 1 and "user code" in output and "name@example.com" in output
