"""What comes with the code: its version, templates, static files and migrations."""

from importlib.metadata import version
from pathlib import Path

PROJECT = "license-portal"
APP = Path(__file__).resolve().parent


def shipped_version() -> str:
    """Return the version that pyproject.toml declares, of what is installed here."""
    return version(PROJECT)


def shipped(folder: str) -> Path:
    """Return a folder that comes with the code.

    In a checkout it is beside `app`. In an installed wheel it is inside, because the environment's
    top level is shared by all packages.
    """
    installed = APP / "shipped_files" / folder
    return installed if installed.is_dir() else APP.parent / folder
