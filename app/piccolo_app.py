"""Tells Piccolo every table: one app for all domains, so that migrations have one order."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.domains import tables

APP_CONFIG = AppConfig(
    app_name="portal",
    migrations_folder_path=str(Path(__file__).parent.parent / "migrations"),
    table_classes=tables(),
)
