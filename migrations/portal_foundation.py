"""All tables, functions and triggers of the first release."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.sql_migration import sql_migration

ID = "2026-11-22T00:00:01"
VERSION = "1.38.0"
DESCRIPTION = "foundation"


async def forwards() -> MigrationManager:
    """Run the SQL file of the same name."""
    return sql_migration(__file__, ID, DESCRIPTION)
