"""Domains of single sign-on whose DNS records are looked up again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.sql_migration import sql_migration

ID = "2026-12-01T10:00:30"
VERSION = "1.38.0"
DESCRIPTION = "domain checks"


async def forwards() -> MigrationManager:
    """Run the SQL file of the same name."""
    return sql_migration(__file__, ID, DESCRIPTION)
