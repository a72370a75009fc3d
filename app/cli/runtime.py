"""Running the portal: its database, its migrations, its server processes."""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TypeVar

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app import domains
from app.background.loop import do_tasks
from app.brand.services import refresh
from app.cli.listening import address_of, listening
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
from app.main import make_app
from app.settings import Settings, SettingsError, read_settings
from app.web.http.asgi import App
from app.web.http.protocol import PatientProtocol
from app.web.logs import configure_logs
from app.web.metrics import SHARED

T = TypeVar("T")


class ServerFailed(Exception):
    """The server has ended by itself. The message says what to do."""


READY_POLL_SECONDS = 0.02
# How long the interpreter lets one thread run while another waits. Python's 5 ms add up to 0.4 s
# for a page beside threads that read tables, since the event loop waits many times in a request.
TURN_SECONDS = 0.0005
# A server process that is still importing does not answer its parent, which would end it and start
# the next one: on a busy machine for ever, with uvicorn's five seconds.
WORKER_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class DatabaseUrls:
    """DSNs of the owning and of the running role; they may be the same."""

    owner: str
    runtime: str


@contextlib.contextmanager
def database(settings: Settings, *, join: bool = False) -> Iterator[DatabaseUrls]:
    """The database that the settings name, or the embedded one while the block runs.

    Args:
        join: use the embedded server that another process runs already; a command may, since it
            ends soon. Otherwise that is an error.
    """
    if settings.database_url:
        owner = settings.migrate_url or settings.database_url
        yield DatabaseUrls(owner, settings.database_url)
        return
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = EmbeddedServer(settings.data_dir)
    if join and (running := server.join()) is not None:
        yield DatabaseUrls(running.owner, running.runtime)
        return
    with server as addresses:
        yield DatabaseUrls(addresses.owner, addresses.runtime)


def run_with_database(
    settings: Settings, work: Callable[[], Awaitable[T]], *, patient: bool = False
) -> T:
    """Run a coroutine function with the pool open, on a migrated database.

    Args:
        patient: wait for a database that does not answer; otherwise that is an error.

    Raises:
        CannotConnect: the database does not answer.
    """

    async def run(urls: DatabaseUrls) -> T:
        async def reach() -> None:
            await migrate(urls.owner, urls.runtime)
            await open_pool(urls.runtime)
            try:
                # A command may write mails.
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

    with database(settings, join=True) as urls:
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
            await prepare()
        finally:
            await close_pool()

    # uvicorn answers these two itself; until it runs, they end the block and so the database.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with listening(settings) as listeners, database(settings) as urls:
            _migrate(settings, urls, listeners)
            asyncio.run(prepared(urls))
            _run_server(settings, urls.runtime, listeners)
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
        configure_logs(_log_level(settings))
        config = _server_config(settings, waiting_app(settings))
        config.lifespan = "off"
        asyncio.run(answering_meanwhile(uvicorn.Server(config), listeners, reach))


def _run_server(settings: Settings, url: str, listeners: list[socket.socket]) -> None:
    stop = threading.Event()
    announcer = threading.Thread(target=_announce, args=(settings, listeners[0], stop), daemon=True)
    announcer.start()
    try:
        if settings.workers > 1:
            _run_workers(settings, url, listeners)
        else:
            configure_logs(_log_level(settings))
            uvicorn.Server(_server_config(settings, _serving_app(settings, url))).run(listeners)
    finally:
        stop.set()


class _Parent(Multiprocess):
    """The parent of the server processes, which notices at once that one has died.

    uvicorn's own keeps the child's end of each pipe open, and so waits for a dead process to answer
    for as long as WORKER_PATIENCE_SECONDS. Meanwhile it answers no signal.
    """

    def keep_subprocess_alive(self) -> None:
        """Start a process for each that has ended."""
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()


def _run_workers(settings: Settings, url: str, listeners: list[socket.socket]) -> None:
    # What the processes count adds up here, for as long as this server runs.
    with TemporaryDirectory(prefix="portal-metrics-") as counts:
        os.environ[SHARED] = counts
        os.environ["PORTAL_RUNTIME_URL"] = url
        os.environ["PORTAL_DEMO"] = "1" if settings.demo else ""
        parent = _Parent(_server_config(settings, "app.cli.runtime:worker_app"), listeners)
        parent.run()
    if any(each.exitcode == STARTUP_FAILURE for each in parent.processes):
        raise ServerFailed("A server process could not start. The lines above say why.")


def _server_config(settings: Settings, app: App | str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        http=PatientProtocol,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=WORKER_PATIENCE_SECONDS,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )


def _log_level(settings: Settings) -> int:
    return logging.WARNING if settings.demo else logging.INFO


def worker_app() -> App:
    """The application of one of several server processes."""
    settings = read_settings()
    configure_logs(_log_level(settings))
    try:
        return _serving_app(settings, os.environ["PORTAL_RUNTIME_URL"])
    except SettingsError as error:
        # The same would happen to the next process, so this ends the whole server.
        structlog.get_logger().error("settings-error", error=str(error))
        sys.exit(STARTUP_FAILURE)


def _serving_app(settings: Settings, url: str) -> App:
    """The application, in a process where no thread keeps the event loop waiting for long."""
    app = make_app(settings, url)
    sys.setswitchinterval(TURN_SECONDS)
    # A full garbage collection stops all threads, for 0.2 s if it also looks through the code.
    gc.freeze()
    return app


def _announce(settings: Settings, listener: socket.socket, stop: threading.Event) -> None:
    """Print one line when the portal answers; no other program can use its listener."""
    host, port = address_of(listener)
    while not stop.wait(READY_POLL_SECONDS):
        if _answers(host, port):
            print(f"ready {settings.base_url}", flush=True)  # noqa: T201
            return


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
