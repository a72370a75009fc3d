"""Components of a Linux machine, from /etc, /sys and /proc."""

from __future__ import annotations

from pathlib import Path

_NOTHING = {"", "none", "not specified", "to be filled by o.e.m.", "default string", "0" * 32}
_NO_ADDRESS = "00:00:00:00:00:00"


def read(root: Path = Path("/")) -> dict[str, str]:
    """Every component found under ``root``; an unreadable one is left out."""
    found = {
        "machine_id": _first(root, "etc/machine-id", "var/lib/dbus/machine-id"),
        "board_id": _first(
            root,
            "sys/class/dmi/id/product_uuid",  # on a virtual machine: the id the host gave it
            "sys/class/dmi/id/board_serial",
            "sys/hypervisor/uuid",
            "proc/device-tree/serial-number",
        ),
        "network_card": _network_card(root / "sys/class/net"),
        "root_volume": _root_volume(root),
    }
    return {name: value for name, value in found.items() if value}


def _first(root: Path, *places: str) -> str:
    return next((value for place in places if (value := _line(root / place))), "")


def _line(path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip().rstrip("\0").lower()
    except (OSError, ValueError):
        return ""
    return "" if value in _NOTHING else value


def _network_card(folder: Path) -> str:
    """Address of the first card with a device behind it: bridges and tunnels come and go."""
    try:
        cards = [card for card in folder.iterdir() if (card / "device").exists()]
    except OSError:
        return ""
    for card in sorted(cards, key=lambda card: (int(_line(card / "ifindex") or 0), card.name)):
        address = _line(card / "address")
        if address and address != _NO_ADDRESS:
            return address
    return ""


def _root_volume(root: Path) -> str:
    """UUID of the file system mounted at ``/``."""
    try:
        mounts = (root / "proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        sources = [line.partition(" - ")[2].split()[1] for line in mounts if line.split()[4] == "/"]
        links = {link.resolve(): link.name for link in (root / "dev/disk/by-uuid").iterdir()}
    except (OSError, ValueError, IndexError):
        return ""
    return next((links[path] for source in sources if (path := _device(root, source)) in links), "")


def _device(root: Path, source: str) -> Path:
    return (root / source.removeprefix("/")).resolve()
