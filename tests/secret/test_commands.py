"""`portal renew-secret`: an operator accepts that the secret file is lost."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.__main__ import portal
from app.secret.services import WrongSecret
from tests.conftest import Stage


@pytest.fixture
def lost(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the secret file of a database in use was, for commands that run now."""
    dsn = asyncio.run(stage.copy())
    file = tmp_path / "secret"
    monkeypatch.setenv("PORTAL_DATABASE_URL", dsn)
    monkeypatch.setenv("PORTAL_MIGRATE_URL", stage.owner_dsn(dsn))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PORTAL_SECRET_FILE", str(file))
    return file


def test_a_new_file_is_made_only_after_the_operator_said_yes(lost: Path, tmp_path: Path) -> None:
    export = ["erasures", "export", "--out", str(tmp_path / "erasures.ndjson")]
    assert isinstance(CliRunner().invoke(portal, export).exception, WrongSecret)
    assert CliRunner().invoke(portal, ["renew-secret"], input="n\n").exit_code == 1
    assert not lost.exists()
    done = CliRunner().invoke(portal, ["renew-secret"], input="y\n")
    assert done.exit_code == 0, done.output
    assert str(lost) in done.output and lost.stat().st_size >= 32
    assert CliRunner().invoke(portal, export).exit_code == 0
