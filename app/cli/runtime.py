"""Running the portal: its database, its migrations, its server processes."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import structlog
import uvicorn

from app import domains
from app.background.loop import do_tasks
from app.brand.services import refresh
from app.cli.listening import listening
from app.cli.places import database_name, name_database, prepare_data_dir
from app.cli.server_processes import log_level, run_server, server_config
from app.cli.waiting import (
    CannotConnect,
    answering_meanwhile,
    connecting,
    patiently,
    waiting_app,
)
from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.secret.services import know_secret
from app.settings import Settings, SettingsError, read_settings
from app.web.logs import configure_logs

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True)
class DatabaseUrls:
    """DSNs of the owning and of the running role; they may be the same."""

    owner: str
    runtime: str


@contextlib.contextmanager
def database(
    settings: Settings, *, join: bool = False, make: bool = True
) -> Iterator[DatabaseUrls]:
    """The database that the settings name, or the embedded one while the block runs.

    Args:
        join: use the embedded server that another process runs already; a command may, since it
            ends soon. Otherwise that is an error.
        make: make an embedded database if there is none.

    Raises:
        SettingsError: there is no database, and none is to be made.
    """
    if settings.database_url:
        owner = settings.migrate_url or settings.database_url
        yield DatabaseUrls(owner, settings.database_url)
        return
    server = EmbeddedServer(settings.data_dir)
    if not (make or settings.demo or server.exists()):
        raise SettingsError(
            f"There is no database in {settings.data_dir}. Set PORTAL_DATABASE_URL, or"
            " PORTAL_DATA_DIR to the portal's data folder. `portal serve` makes a new database,"
            " and so does `portal migrate --new`."
        )
    prepare_data_dir(settings)
    if join and (running := server.join()) is not None:
        yield DatabaseUrls(running.owner, running.runtime)
        return
    with server as addresses:
        yield DatabaseUrls(addresses.owner, addresses.runtime)


def run_with_database(
    settings: Settings,
    work: Callable[[], Awaitable[T]],
    *,
    patient: bool = False,
    make: bool = False,
    any_secret: bool = False,
    as_it_is: bool = False,
) -> T:
    """Run a coroutine function with the pool open, on a migrated database.

    Args:
        patient: wait for a database that does not answer; otherwise that is an error.
        make: make an embedded database if there is none.
        any_secret: leave it open whether the secret file is the one of this database.
        as_it_is: change nothing before the work: neither migrate nor look at secret and brand.

    Raises:
        CannotConnect: the database does not answer.
        SettingsError: there is no database.
        WrongSecret: the secret file is missing, or belongs to another database.
    """

    async def run(urls: DatabaseUrls) -> T:
        async def reach() -> None:
            if not as_it_is:
                await migrate(urls.owner, urls.runtime)
            await open_pool(urls.runtime)
            try:
                if not (any_secret or as_it_is):
                    await know_secret(settings)
                # A command may write mails.
                if not as_it_is:
                    await refresh()
            except BaseException:
                await close_pool()
                raise

        if patient:
            await patiently(reach)
        else:
            async with connecting():
                await reach()
        try:
            return await work()
        finally:
            await close_pool()

    with database(settings, join=True, make=make) as urls:
        if patient:
            log.info("database", name=database_name(settings))
        else:
            name_database(settings)
        return asyncio.run(run(urls))


def run_with_settings(work: Callable[[Settings], Awaitable[T]]) -> T:
    """Run a command's work on the database that the settings name."""
    settings = read_settings()
    return run_with_database(settings, lambda: work(settings))


async def work_until_stopped(settings: Settings) -> None:
    """Do the background tasks until SIGTERM or SIGINT; what is on its way is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    await do_tasks(domains.tasks(), settings, stop)


def with_demo_secrets(settings: Settings) -> Settings:
    """The demo's settings with its own passphrase, made at the first start."""
    file = settings.data_dir / "trust" / "passphrase"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        # Complete before it has its name: another demo may start on this folder at the same time.
        with NamedTemporaryFile("w", dir=file.parent) as new:
            new.write(secrets.token_urlsafe(32))
            new.flush()
            with contextlib.suppress(FileExistsError):
                file.hardlink_to(new.name)
    os.environ.setdefault("PORTAL_KEY_PASSPHRASE_FILE", str(file))
    return replace(settings, key_passphrase=Path(file).read_bytes().strip())


def serve(settings: Settings, prepare: Callable[[], Awaitable[None]]) -> None:
    """Serve until SIGTERM or SIGINT; everything that was started is stopped.

    Args:
        prepare: what to do with the migrated database before the first request.

    Raises:
        PortError: another program has the port; nothing was started.
    """

    async def prepared(urls: DatabaseUrls) -> None:
        await open_pool(urls.runtime)
        try:
            await know_secret(settings)
            await prepare()
        finally:
            await close_pool()

    configure_logs(log_level(settings))
    # uvicorn answers these two itself; until it runs, they end the block and so the database.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with listening(settings) as listeners:
            prepare_data_dir(settings)
            with database(settings) as urls:
                log.info("database", name=database_name(settings))
                _migrate(settings, urls, listeners)
                asyncio.run(prepared(urls))
                run_server(settings, urls.runtime, listeners)
    except KeyboardInterrupt:
        pass


def _migrate(settings: Settings, urls: DatabaseUrls, listeners: list[socket.socket]) -> None:
    """Migrate; while the database does not answer, answer 503 and try again."""

    async def reach() -> None:
        await migrate(urls.owner, urls.runtime)

    async def first() -> None:
        async with connecting():
            await reach()

    try:
        asyncio.run(first())
    except CannotConnect:
        config = server_config(settings, waiting_app(settings))
        config.lifespan = "off"
        asyncio.run(answering_meanwhile(uvicorn.Server(config), listeners, reach))
