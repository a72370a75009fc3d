"""A contract's time zone is one that the database knows."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-27T01:00:00"
VERSION = "1.38.0"
DESCRIPTION = "time_zones"


async def forwards() -> MigrationManager:
    """Add a check; the old version writes only what passes it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
