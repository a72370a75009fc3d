"""Reading a machine's components, and what of them leaves it."""

from __future__ import annotations

import json
import plistlib
import sys
from pathlib import Path

import pytest

from licensed_system import components_linux, components_macos, components_windows, fingerprint


def _write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def linux(tmp_path: Path) -> Path:
    _write(tmp_path, **{"etc/machine-id": "ABC123\n", "sys/class/dmi/id/board_serial": "None\n"})
    _write(tmp_path, **{"sys/hypervisor/uuid": "vm-7\n", "dev/vda1": ""})
    mount = "24 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
    _write(tmp_path, **{"proc/self/mountinfo": mount})
    (tmp_path / "dev/disk/by-uuid").mkdir(parents=True)
    (tmp_path / "dev/disk/by-uuid/0d9f-77c1").symlink_to("../../vda1")
    for name, index, device in (("docker0", 1, False), ("eth1", 3, True), ("eth0", 2, True)):
        card = tmp_path / "sys/class/net" / name
        _write(card, ifindex=f"{index}\n", address=f"52:54:00:00:00:0{index}\n")
        if device:
            (card / "device").mkdir()
    return tmp_path


def test_linux_names_its_components(linux: Path) -> None:
    assert components_linux.read(linux) == {
        "machine_id": "abc123",
        "board_id": "vm-7",
        "network_card": "52:54:00:00:00:02",
        "root_volume": "0d9f-77c1",
    }


def test_linux_leaves_out_what_is_missing(tmp_path: Path) -> None:
    assert components_linux.read(tmp_path) == {}


def test_macos_names_its_components() -> None:
    outputs = {
        "ioreg": b'"IOPlatformUUID" = "AA-BB"\n"IOPlatformSerialNumber" = "C02X"\n',
        "ifconfig": b"en0: flags=8863\n\tether a4:83:e7:00:11:22\n",
        "diskutil": plistlib.dumps({"VolumeUUID": "DD-EE"}),
    }
    found = components_macos.read(lambda command: outputs[Path(command[0]).name])
    assert found == {
        "machine_id": "aa-bb",
        "board_id": "c02x",
        "network_card": "a4:83:e7:00:11:22",
        "root_volume": "dd-ee",
    }
    assert components_macos.read(lambda command: b"") == {}


def test_windows_names_its_components() -> None:
    answer = {"board_id": "AA-BB", "network_card": "A4:83:E7:00:11:22", "root_volume": None}
    found = components_windows.read(lambda command: json.dumps(answer).encode())
    found.pop("machine_id", None)  # from the registry, where there is one
    assert found == {"board_id": "aa-bb", "network_card": "a4:83:e7:00:11:22"}
    assert components_windows.read(lambda command: b"no JSON").keys() <= {"machine_id"}


def test_a_tool_that_is_not_there_gives_nothing() -> None:
    assert components_macos.run_tool(["no-such-tool-anywhere"]) == b""
    assert components_macos.run_tool([sys.executable, "-c", "raise SystemExit(1)"]) == b""


def test_this_machine_has_at_least_its_host_name_and_is_the_same_twice() -> None:
    first, second = fingerprint.this_machine(), fingerprint.this_machine()
    assert first == second
    assert "host_name" in first.components
    assert set(first.components) <= set(fingerprint.COMPONENTS)


def test_hashes_depend_on_the_salt_the_component_and_the_value() -> None:
    values = [
        fingerprint.hashed({name: value}, salt)[name]
        for name in ("machine_id", "board_id")
        for value in ("a", "b")
        for salt in ("s", "t")
    ]
    assert len(set(values)) == len(values)
    assert all(len(value) == 43 for value in values)


def test_only_components_that_are_there_match() -> None:
    fp = fingerprint.hashed({"machine_id": "a", "host_name": "h"}, "s")
    assert fingerprint.matching({"machine_id": "a", "host_name": "h"}, fp, "s") == 2
    assert fingerprint.matching({"machine_id": "a"}, fp, "s") == 1
    assert fingerprint.matching({"machine_id": "a", "host_name": "h"}, fp, "t") == 0
    assert fingerprint.matching({}, {}, "s") == 0
