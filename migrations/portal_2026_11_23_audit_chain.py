"""The audit log's seals, heads and queue. Events that are there already are queued, too."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-23T20:00:00"
VERSION = "1.38.0"
DESCRIPTION = "audit chain"


async def forwards() -> MigrationManager:
    """Make the tables, triggers and indexes of the chain."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
