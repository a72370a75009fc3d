"""Imports say which sheets and files they did not read."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T12:06:00"
VERSION = "1.38.0"
DESCRIPTION = "left_out"


async def forwards() -> MigrationManager:
    """Add a column; the old version leaves it as it is."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
