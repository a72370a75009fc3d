"""The portal with the demo world as processes of its own, and its people signed in."""

import asyncio
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.cli.runtime import with_demo_secrets
from app.database import close_pool, fetch, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.settings import Settings, read_settings
from app.web.logs import configure_logs
from tests.servers import Server, free_port

SIGNED_IN = ("owner", "staff")


@dataclass(frozen=True)
class Demo:
    """What a benchmark needs to know of it.

    Attributes:
        address: host and port.
        cookies: the Cookie header of each one's session, by user code.
        dsn: the running role's address of the database.
        server: its processes.
    """

    address: str
    cookies: dict[str, str]
    dsn: str
    settings: Settings
    server: Server

    @property
    def cookie(self) -> str:
        """The owner's."""
        return self.cookies["owner"]


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
        cookies = asyncio.run(_people(addresses.runtime, settings))
        with Server(
            Path(folder), addresses.runtime, addresses.owner, workers=workers, **environ
        ) as server:
            yield Demo(f"127.0.0.1:{port}", cookies, addresses.runtime, settings, server)


async def _people(dsn: str, settings: Settings) -> dict[str, str]:
    await open_pool(dsn)
    await prepare_demo_signing_keys(settings)
    await make_world(settings)
    # The console asks for a second factor; nobody uses this one.
    await fetch(
        'insert into authenticator_app (id, "user", encrypted_secret, last_step, created_at,'
        " confirmed_at) select gen_random_uuid(), id, '', 0, now(), now() from portal_user"
        " where code = 'staff'"
    )
    cookies = {}
    for code in SIGNED_IN:
        account = await find_credentials(code)
        assert account is not None
        signed_in = await open_session(account, "benchmark", known_device=None)
        cookies[code] = f"{settings.session_cookie}={signed_in.token}"
    await close_pool()
    return cookies
