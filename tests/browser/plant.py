"""The real licensed system, run by its command."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from licensed_system.command import main
from licensed_system.fingerprint import Machine
from licensed_system.store import Store
from tests.licensed_system.plant import MACHINE

PRODUCTS = ("--product", "PLATFORM=5.0", "--product", "WORKFLOW=3.2")


class LicensedSystem:
    """A system at the customer's site: its folder, and its command."""

    machine: Machine = MACHINE

    def __init__(self, folder: Path, root: Path, language: str, name: str = "製造ライン1") -> None:
        self.folder, self.language = folder / "plant", language
        assert self.run("init", "--trust", str(root), "--name", name, *PRODUCTS) == 0

    @property
    def store(self) -> Store:
        """Its state folder."""
        return Store(self.folder)

    def run(self, *arguments: str) -> int:
        """The command's exit code."""
        options = ["--state", str(self.folder), "--language", self.language]
        return main([*options, *arguments], machine=lambda: self.machine)

    def request(self) -> Path:
        """Make an activation request file."""
        return self._written("request", "activation-request.jwt")

    def give_back(self) -> Path:
        """Stop using the activation; makes the return file."""
        return self._written("return", "activation-return.jwt")

    def activate(self, file: Path) -> None:
        """Apply an activation file."""
        assert self.run("activate", str(file)) == 0, f"{file.name} is refused"

    def status(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, int]]:
        """Exit code of `status`, and the quantity of each product it is licensed for."""
        capsys.readouterr()
        code = self.run("status", "--json")
        products: Sequence[dict[str, object]] = json.loads(capsys.readouterr().out)["products"]
        return code, {str(p["code"]): int(str(p["quantity"])) for p in products}

    def _written(self, act: str, name: str) -> Path:
        out = self.folder.parent / name
        out.unlink(missing_ok=True)
        assert self.run(act, "--out", str(out)) == 0
        return out
