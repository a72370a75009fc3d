"""Sessions that somebody ended stay known for a while."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T09:10:00"
VERSION = "1.38.0"
DESCRIPTION = "session_endings"


async def forwards() -> MigrationManager:
    """Add columns that may be empty; the old version deletes sessions that end."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
