"""Migrations in SQL: what Piccolo's runner executes is the file beside the migration's module."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.engine import run_script


def sql_migration(module: str, id: str, description: str) -> MigrationManager:
    """Return the migration that runs the SQL file beside a module.

    Args:
        module: the module's `__file__`.
    """
    manager = MigrationManager(migration_id=id, app_name="portal", description=description)

    async def run() -> None:
        await run_script(Path(module).with_suffix(".sql").read_text("utf-8"))

    manager.add_raw(run)
    return manager
