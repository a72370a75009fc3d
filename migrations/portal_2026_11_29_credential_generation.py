"""Credential generations: what was given out before a change of credentials is void."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-29T01:00:00"
VERSION = "1.38.0"
DESCRIPTION = "credential_generation"


async def forwards() -> MigrationManager:
    """Add columns that the database fills in where the old version writes; it can keep running."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
