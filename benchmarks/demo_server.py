"""The portal with the demo world as processes of its own, and its owner signed in."""

import asyncio
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.accounts.queries import find_credentials
from app.accounts.services import open_session
from app.activation.demo_services import prepare_demo_keys
from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.demo.world import make_world
from app.runtime import with_demo_secrets
from app.settings import Settings, read_settings
from app.web.logs import configure_logs
from tests.servers import Server, free_port


@dataclass(frozen=True)
class Demo:
    """What a benchmark needs to know of it.

    Attributes:
        address: host and port.
        cookie: the Cookie header of the owner's session.
        dsn: the running role's address of the database.
    """

    address: str
    cookie: str
    dsn: str
    settings: Settings


@contextmanager
def serving_demo(*, workers: int = 1, **environ: str) -> Iterator[Demo]:
    """`portal serve` on an embedded PostgreSQL with the demo world, until the block ends."""
    configure_logs(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as addresses:
        port = str(free_port())
        environ |= {"PORTAL_PORT": port, "PORTAL_BASE_URL": f"http://127.0.0.1:{port}"}
        given = {**environ, "PORTAL_DATA_DIR": folder}
        settings = with_demo_secrets(read_settings(given, demo=True))
        asyncio.run(migrate(addresses.owner, addresses.runtime))
        cookie = asyncio.run(_people(addresses.runtime, settings))
        with Server(Path(folder), addresses.runtime, addresses.owner, workers=workers, **environ):
            yield Demo(f"127.0.0.1:{port}", cookie, addresses.runtime, settings)


async def _people(dsn: str, settings: Settings) -> str:
    await open_pool(dsn)
    await prepare_demo_keys(settings)
    await make_world(settings)
    account = await find_credentials("owner")
    assert account is not None
    signed_in = await open_session(account, "benchmark", known_device=None)
    await close_pool()
    return f"{settings.session_cookie}={signed_in.token}"
