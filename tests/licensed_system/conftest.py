from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from licensed_system.page_handler import PageHandler
from licensed_system.page_server import PageServer, Served
from tests.licensed_system.browser import Browser
from tests.licensed_system.issuer import Issuer
from tests.licensed_system.plant import Plant


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def plant(tmp_path: Path, issuer: Issuer) -> Plant:
    """An initialised system that has never been activated."""
    return Plant(tmp_path / "plant", issuer).initialise()


@pytest.fixture
def server(plant: Plant) -> Iterator[PageServer]:
    served = Served(plant.store, "ja", lambda: plant.now, plant.machine)
    with PageServer(0, PageHandler, served) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def stranger(server: PageServer) -> Browser:
    """A browser that was not given the token."""
    return Browser(server.server_port)


@pytest.fixture
def browser(server: PageServer) -> Browser:
    """A browser that opened the address the command printed."""
    browser = Browser(server.server_port)
    assert browser.get(server.address).headers["location"] == "/"
    return browser
