"""The tests of this folder stand on a PostgreSQL server of the machine, where there is one."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.cli.runtime import with_demo_secrets
from app.database.embedded import Addresses
from app.settings import read_settings
from tests.conftest import Stage, make_template, spares_of
from tests.database.portals import until
from tests.missing import missing
from tests.outside_demo.external import answers, external_server, find_programs, make_roles
from tests.spare_databases import Spares


@pytest.fixture(scope="session")
def addresses() -> Iterator[Addresses]:
    """A server with both roles and an empty database `portal`."""
    programs = find_programs()
    if programs is None:
        missing("there are no PostgreSQL server programs: install Debian's package postgresql")
    with external_server(programs) as found:
        until(lambda: asyncio.run(answers(found)))
        asyncio.run(make_roles(found))
        yield found


@pytest.fixture(scope="session")
def stage(addresses: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The stage of all other tests, on this server."""
    data_dir = tmp_path_factory.mktemp("outside")
    settings = read_settings({"PORTAL_DATA_DIR": str(data_dir)}, demo=True)
    settings = with_demo_secrets(replace(settings, data_dir=data_dir))
    asyncio.run(make_template(addresses, settings))
    return Stage(addresses, settings)


@pytest.fixture(scope="session")
def spares(stage: Stage) -> Iterator[Spares]:
    """Databases of this server, not of the one that the portal brings along."""
    yield from spares_of(stage)
