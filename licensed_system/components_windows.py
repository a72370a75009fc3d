"""Components of a Windows machine, from the registry and one PowerShell call."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

Run = Callable[[list[str]], bytes]
SECONDS = 20
# One call, since starting PowerShell is what takes the time. Physical adapters by their index.
_QUESTION = (
    "$ErrorActionPreference='SilentlyContinue';"
    "@{board_id=(Get-CimInstance Win32_ComputerSystemProduct).UUID;"
    "network_card=(Get-CimInstance Win32_NetworkAdapter -Filter 'PhysicalAdapter=True'"
    " | Sort-Object Index | Where-Object MACAddress | Select-Object -First 1).MACAddress;"
    "root_volume=(Get-Volume -DriveLetter $env:SystemDrive[0]).UniqueId} | ConvertTo-Json"
)


def read(run: Run | None = None) -> dict[str, str]:
    """Every component found; ``run`` gives a command's output, empty where it failed."""
    command = ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _QUESTION]
    found = {"machine_id": _machine_guid(), **_answer((run or _run)(command))}
    return {name: value.strip().lower() for name, value in found.items() if value.strip()}


def _answer(output: bytes) -> dict[str, str]:
    try:
        values = json.loads(output)
        return {name: value for name, value in values.items() if isinstance(value, str)}
    except (ValueError, AttributeError):
        return {}


def _run(command: list[str]) -> bytes:
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return b""


def _machine_guid() -> str:
    if sys.platform != "win32":
        return ""
    import winreg  # noqa: PLC0415  (exists on Windows only)

    try:
        place = winreg.OpenKey(
            winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0,
            winreg.KEY_READ | winreg.KEY_WOW64_64KEY,
        )  # fmt: skip
        with place:
            return str(winreg.QueryValueEx(place, "MachineGuid")[0])
    except OSError:
        return ""
