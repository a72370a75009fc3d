"""A portal that may call the loopback address, and providers there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.main import make_app
from app.web.http.asgi import App
from tests.conftest import TEMPLATE, Portal, Stage, in_database
from tests.single_sign_on.provider import Provider, running
from tests.single_sign_on.steps import Later


@pytest.fixture(scope="session")
def calling_app(stage: Stage) -> App:
    """The application, which may call providers on this machine."""
    settings = replace(stage.settings, provider_addresses=("127.0.0.0/8",))
    return make_app(settings, in_database(stage.addresses.runtime, TEMPLATE))


@pytest.fixture
def portal(stage: Stage, calling_app: App, database: str) -> Portal:
    """That application, on the test's own copy of the demo world."""
    settings = replace(stage.settings, provider_addresses=("127.0.0.0/8",))
    return Portal(calling_app, settings, database)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the portal's clock on."""
    real, ahead = clock.now, [timedelta(0)]
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The identity provider of the company of D-1001."""
    with running(Provider()) as served:
        yield served
