from __future__ import annotations

from pathlib import Path

import pytest

from tests.licensed_system.issuer import Issuer
from tests.licensed_system.plant import Plant


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def plant(tmp_path: Path, issuer: Issuer) -> Plant:
    """An initialised system that has never been activated."""
    return Plant(tmp_path / "plant", issuer).initialise()
