"""Components of a Mac, from the tools every macOS has."""

from __future__ import annotations

import plistlib
import re
import subprocess
from collections.abc import Callable

Run = Callable[[list[str]], bytes]
SECONDS = 10


def read(run: Run | None = None) -> dict[str, str]:
    """Every component found; ``run`` gives a tool's output, empty where it failed."""
    run = run or run_tool
    hardware = run(["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]).decode(
        "utf-8", "replace"
    )
    network = run(["/sbin/ifconfig", "en0"]).decode("utf-8", "replace")
    found = {
        "machine_id": _find(r'"IOPlatformUUID" = "([^"]+)"', hardware),
        "board_id": _find(r'"IOPlatformSerialNumber" = "([^"]+)"', hardware),
        "network_card": _find(r"\bether ([0-9a-f:]{17})", network),
        "root_volume": _volume(run(["/usr/sbin/diskutil", "info", "-plist", "/"])),
    }
    return {name: value.lower() for name, value in found.items() if value}


def run_tool(command: list[str]) -> bytes:
    """A tool's standard output; empty where it is missing, fails or takes too long."""
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return b""


def _find(pattern: str, output: str) -> str:
    found = re.search(pattern, output)
    return found[1] if found else ""


def _volume(output: bytes) -> str:
    try:
        return str(plistlib.loads(output).get("VolumeUUID", ""))
    except (plistlib.InvalidFileException, ValueError, AttributeError):
        return ""
