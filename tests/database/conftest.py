"""Fixtures of the database's tests."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.database.portals import Portal


@pytest.fixture
def start() -> Iterator[Callable[..., Portal]]:
    portals: list[Portal] = []

    def run(data_dir: Path, work: str = "serve", **environ: str) -> Portal:
        portals.append(Portal(data_dir, work, **environ))
        return portals[-1]

    yield run
    for portal in portals:
        portal.end(signal.SIGKILL)
