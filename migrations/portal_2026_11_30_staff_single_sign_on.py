"""A connection of the vendor, through which its staff sign in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.sql_migration import sql_migration

ID = "2026-11-30T13:00:00"
VERSION = "1.38.0"
DESCRIPTION = "single sign-on of the vendor's staff"


async def forwards() -> MigrationManager:
    """Run the SQL file of the same name."""
    return sql_migration(__file__, ID, DESCRIPTION)
