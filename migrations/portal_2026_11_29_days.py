"""The database knows where a day ends, and from when on the counts of a quote count."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T05:16:00"
VERSION = "1.38.0"
DESCRIPTION = "days"


async def forwards() -> MigrationManager:
    """Add a function and a column that the old version does not use."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
