"""A name is there once, however Unicode spells it."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T09:11:00"
VERSION = "1.38.0"
DESCRIPTION = "one_name"


async def forwards() -> MigrationManager:
    """Replace three unique indexes; the old version may fail on a name that it took for another."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
