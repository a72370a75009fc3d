"""A server for the tests in which a crowd sends at once: starting it takes longer than a test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.database import close_pool, open_pool
from tests.conftest import Stage, in_database
from tests.servers import Server
from tests.spare_databases import Spares


@pytest.fixture(scope="package")
def crowd_dsn(stage: Stage, spares: Spares) -> Iterator[str]:
    """The demo world, to which each test adds a contract of its own."""
    spare = spares.take()
    yield in_database(stage.addresses.runtime, spare.name)
    spares.give_back(spare)


@pytest.fixture(scope="package")
def crowd_server(
    stage: Stage, crowd_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Several processes on that database, so that requests of one crowd reach different ones."""
    folder, owner = tmp_path_factory.mktemp("crowd"), stage.owner_dsn(crowd_dsn)
    secret = str(stage.settings.secret_file)
    with Server(folder, crowd_dsn, owner, workers=2, PORTAL_SECRET_FILE=secret) as server:
        yield server


@pytest.fixture
async def server(crowd_dsn: str, crowd_server: Server) -> AsyncIterator[Server]:
    """That server, with the pool open on its database."""
    await open_pool(crowd_dsn)
    yield crowd_server
    await close_pool()
