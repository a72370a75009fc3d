"""Piccolo's configuration for its own command line; the portal names app.piccolo_app itself."""

from app.piccolo_app import APP_REGISTRY, DB

__all__ = ["APP_REGISTRY", "DB"]
