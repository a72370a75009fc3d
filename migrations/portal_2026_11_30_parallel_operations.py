"""Parallel operation: the old system that goes on for some days after a move."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.sql_migration import sql_migration

ID = "2026-11-30T18:00:00"
VERSION = "1.38.0"
DESCRIPTION = "parallel operations"


async def forwards() -> MigrationManager:
    """Run the SQL file of the same name."""
    return sql_migration(__file__, ID, DESCRIPTION)
