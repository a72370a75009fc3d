"""`portal audit`, from key to offline check."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.audit.commands import audit
from app.audit.verify import main
from tests.audit.log import intruder
from tests.conftest import Stage


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `portal audit …`."""
    done = CliRunner().invoke(audit, list(arguments))
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


def test_an_export_leaves_with_its_head_and_is_checked_with_the_exported_key(
    dsn: str, tmp_path: Path
) -> None:
    code, output = run("verify")
    assert code == 0 and "events are not linked yet" in output
    file, key = tmp_path / "audit.ndjson", tmp_path / "audit.pem"
    assert run("export", "--out", str(file))[0] == 0
    assert run("key", "--out", str(key))[0] == 0
    assert main([str(file), "--key", str(key)]) == 0
    code, output = run("verify", "--head", f"{file}.head", "--key", str(key))
    assert code == 0 and output.rstrip().endswith(": no problems")


def test_a_changed_event_ends_verify_with_exit_code_one(
    stage: Stage, dsn: str, tmp_path: Path
) -> None:
    run("export", "--out", str(tmp_path / "audit.csv"), "--format", "csv")

    async def tamper() -> None:
        async with intruder(stage, dsn) as admin:
            await admin.execute(
                "update audit_event set event_type = 'other'"
                " where id = (select event from audit_link where number = 7)"
            )

    asyncio.run(tamper())
    code, output = run("verify")
    assert code == 1 and "changed at 7 event " in output
