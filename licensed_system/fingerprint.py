"""The machine's fingerprint: salted hashes of components, so that no serial number leaves it."""

from __future__ import annotations

import hashlib
import hmac
import platform
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from licensed_system import components_linux, components_macos, components_windows, jws
from licensed_system.languages import printable

SALT_BYTES = 16
COMPONENTS = ("machine_id", "board_id", "network_card", "root_volume", "host_name")


@dataclass(frozen=True)
class Machine:
    """What this machine is. ``components`` holds raw values; those not found are left out.

    ``missing`` says where the platform's identity should be, if it cannot be read there.
    """

    host: str
    os: str
    components: Mapping[str, str]
    missing: str = ""


def this_machine() -> Machine:
    """Read the machine the program runs on. Slow parts take about a second (Windows, macOS)."""
    host = printable(socket.gethostname()) or "localhost"
    found = {**_from_the_system(), "host_name": host}
    return Machine(
        host=host[:255],
        os=printable(f"{platform.system()} {platform.release()}").strip()[:200],
        components={name: found[name] for name in COMPONENTS if found.get(name)},
    )


def new_salt() -> str:
    """A salt, made once per system: the portal compares one request's hashes with the last's."""
    return jws.encode(secrets.token_bytes(SALT_BYTES))


def hashed(components: Mapping[str, str], salt: str) -> dict[str, str]:
    """Each component as SHA-256, base64url, of ``salt NUL name NUL value`` in UTF-8."""
    return {
        name: jws.encode(hashlib.sha256(f"{salt}\0{name}\0{value}".encode()).digest())
        for name, value in components.items()
    }


def matching(components: Mapping[str, str], fp: Mapping[str, str], salt: str) -> int:
    """How many entries of ``fp`` this machine's components still produce."""
    mine = hashed(components, salt)
    return sum(
        hmac.compare_digest(digest.encode(), mine.get(name, "").encode())
        for name, digest in fp.items()
    )


def _from_the_system() -> dict[str, str]:
    if sys.platform == "win32":
        return components_windows.read()
    if sys.platform == "darwin":
        return components_macos.read()
    return components_linux.read()
