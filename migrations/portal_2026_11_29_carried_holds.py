"""Files issued before a succession hold counts of the entitlement that follows."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T09:20:00"
VERSION = "1.38.0"
DESCRIPTION = "carried_holds"


async def forwards() -> MigrationManager:
    """Add a table that the old version does not write."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
