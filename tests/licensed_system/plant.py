"""A licensed system to try things on: its folder, its machine and a clock that can be set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from licensed_system import system
from licensed_system.claims import Activation
from licensed_system.command import main
from licensed_system.fingerprint import Machine
from licensed_system.outcomes import Outcome, Refused
from licensed_system.status import Status
from licensed_system.store import Store
from tests.licensed_system.issuer import START, Issuer

MACHINE = Machine(
    host="plant-1",
    os="Linux 6.1",
    components={
        "machine_id": "4c0f4a6b",
        "board_id": "7f3e-11aa",
        "network_card": "52:54:00:12:34:56",
        "root_volume": "0d9f-77c1",
        "host_name": "plant-1",
    },
)


@dataclass
class Plant:
    folder: Path
    issuer: Issuer
    now: datetime = START
    machine: Machine = field(default=MACHINE)

    @property
    def store(self) -> Store:
        return Store(self.folder, wait=0.2)

    def initialise(self) -> Plant:
        products = {"PLATFORM": "5.0"}
        system.initialise(self.store, "製造ライン1", products, self.issuer.trust, self.now)
        return self

    def request(self) -> str:
        return system.make_request(self.store, self.machine, self.now).file

    def apply(self, data: bytes) -> Activation:
        return system.apply(self.store, data, self.machine, self.now)

    def activate(self, **changes: Any) -> bytes:
        """Ask, get the answer and apply it; returns the file."""
        data = self.issuer.answer(self.request(), self.now, **changes)
        self.apply(data)
        return data

    def status(self) -> Status:
        return system.current_status(self.store, self.machine, self.now).status

    def later(self, **span: float) -> Plant:
        self.now += timedelta(**span)
        return self

    def on_machine(self, *kept: str) -> Plant:
        """The same folder on a machine that shares only the components ``kept``."""
        components = {
            name: value if name in kept else f"other {value}"
            for name, value in MACHINE.components.items()
        }
        self.machine = replace(MACHINE, components=components)
        return self

    def run(self, *arguments: str) -> int:
        """The command, in this process and at this plant's time."""
        options = ["--state", str(self.folder), "--language", "ja", "--wait", "0.2", *arguments]
        return main(options, clock=lambda: self.now, machine=lambda: self.machine)

    def bytes_of_state(self) -> dict[str, bytes]:
        """Every file of the folder, to show that nothing was touched."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def outcome_of(self, data: bytes) -> Outcome:
        """The outcome of a file that must be refused, and must leave the folder as it was."""
        before = self.bytes_of_state()
        try:
            self.apply(data)
        except Refused as refused:
            assert self.bytes_of_state() == before, "a refused file changed the state"
            for language in ("ja", "en"):
                line = refused.line(language)
                assert line.startswith(f"{refused.outcome}: ") and "\n" not in line
            return refused.outcome
        raise AssertionError("the file was accepted")
