"""Who has read the answer to which quote request."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.sql_migration import sql_migration

ID = "2026-11-29T22:30:00"
VERSION = "1.38.0"
DESCRIPTION = "quote answer read"


async def forwards() -> MigrationManager:
    """Run the SQL file of the same name."""
    return sql_migration(__file__, ID, DESCRIPTION)
