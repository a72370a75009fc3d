"""Calls of the API that were answered, by their idempotency keys."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.sql_migration import sql_migration

ID = "2026-11-29T22:55:00"
VERSION = "1.38.0"
DESCRIPTION = "api calls"


async def forwards() -> MigrationManager:
    """Run the SQL file of the same name."""
    return sql_migration(__file__, ID, DESCRIPTION)
