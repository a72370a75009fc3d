"""Background tasks have their own word in the database."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T09:00:00"
VERSION = "1.38.0"
DESCRIPTION = "background_tasks"


async def forwards() -> MigrationManager:
    """Rename the table of chores."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
