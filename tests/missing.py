"""Programs that tests use and that a machine may lack."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

NODE_TOOLS = Path(__file__).parents[1] / "build" / "node"


def missing(what: str) -> NoReturn:
    """Leave a test out, visibly; where everything is to be tested (CI=true) it fails instead.

    Args:
        what: what is not there, and what to install.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def node_tool(name: str) -> Path:
    """The folder with the tests' tools for Node, after a look whether one of them is there."""
    if shutil.which("node") is None:
        missing(f"there is no Node: install nodejs and npm, then run make node-tools, for {name}")
    if not (NODE_TOOLS / "node_modules" / name).is_dir():
        if shutil.which("npm") is None:
            missing(f"there is no npm: install it, then run make node-tools, for {name}")
        pytest.fail(f"{name} is not installed: run make node-tools", pytrace=False)
    return NODE_TOOLS
