"""Tells Piccolo all tables and the engine: one app, so that migrations have one order."""

from piccolo.conf.apps import AppConfig, AppRegistry

from app.database import engine
from app.domains import tables
from app.shipped import shipped

APP_CONFIG = AppConfig(
    app_name="portal",
    migrations_folder_path=str(shipped("migrations")),
    table_classes=tables(),
)
DB = engine
APP_REGISTRY = AppRegistry(apps=[__name__])
