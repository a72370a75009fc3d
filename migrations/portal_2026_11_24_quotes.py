"""Quote requests: drafts that owners share, states that only move forward, what was applied."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-24T05:00:00"
VERSION = "1.38.0"
DESCRIPTION = "quotes"


async def forwards() -> MigrationManager:
    """Add a table, columns and rules; the version before this one writes nothing they refuse."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
