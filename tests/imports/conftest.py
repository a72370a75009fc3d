"""The database and the folder on which tests of imports run commands."""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.imports.office import Office


@pytest.fixture
def office(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A database of the test's own, which the settings name."""
    dsn = asyncio.run(stage.copy())
    monkeypatch.setenv("PORTAL_DATABASE_URL", dsn)
    monkeypatch.setenv("PORTAL_MIGRATE_URL", stage.owner_dsn(dsn))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PORTAL_SECRET_FILE", str(stage.settings.secret_file))
    return Office(stage, dsn, tmp_path)
