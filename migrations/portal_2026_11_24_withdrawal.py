"""Withdrawals: what stays of a person who left."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-24T01:00:00"
VERSION = "1.38.0"
DESCRIPTION = "withdrawal"


async def forwards() -> MigrationManager:
    """Add the table; nothing that is there changes, so it may run before the new version does."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
