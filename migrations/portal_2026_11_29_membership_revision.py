"""Count the changes of a membership."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T15:10:00"
VERSION = "1.38.0"
DESCRIPTION = "membership_revision"


async def forwards() -> MigrationManager:
    """Add `revision` to `membership`; the old version does not look at it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
