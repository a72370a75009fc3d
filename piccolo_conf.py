"""Piccolo's configuration: one app for all domains, one engine."""

from piccolo.conf.apps import AppRegistry

from app.database import engine

DB = engine
APP_REGISTRY = AppRegistry(apps=["app.piccolo_app"])
