"""The server processes: one, or several below a parent, on listeners that are open already."""

import gc
import logging
import os
import socket
import sys
import threading
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from tempfile import TemporaryDirectory

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app.cli.listening import address_of
from app.main import make_app
from app.settings import Settings, SettingsError, read_settings
from app.web.http.asgi import App
from app.web.http.protocol import PatientProtocol
from app.web.logs import configure_logs
from app.web.metrics import SHARED

READY_POLL_SECONDS = 0.02
# How long the interpreter lets one thread run while another waits. Python's 5 ms add up to 0.4 s
# for a page beside threads that read tables, since the event loop waits many times in a request.
TURN_SECONDS = 0.0005
# A server process that is still importing does not answer its parent, which would end it and start
# the next one: on a busy machine for ever, with uvicorn's five seconds.
WORKER_PATIENCE_SECONDS = 60


class ServerFailed(Exception):
    """The server has ended by itself. The message says what to do."""


def run_server(settings: Settings, url: str, listeners: list[socket.socket]) -> None:
    stop = threading.Event()
    announcer = threading.Thread(target=_announce, args=(settings, listeners[0], stop), daemon=True)
    announcer.start()
    try:
        if settings.workers > 1:
            _run_workers(settings, url, listeners)
        else:
            uvicorn.Server(server_config(settings, _serving_app(settings, url))).run(listeners)
    finally:
        stop.set()


class _Parent(Multiprocess):
    """The parent of the server processes, which notices at once that one has died.

    uvicorn's own keeps the child's end of each pipe open, and so waits for a dead process to answer
    for as long as WORKER_PATIENCE_SECONDS. It answers no signal during this time.
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
        parent = _Parent(server_config(settings, "app.cli.server_processes:worker_app"), listeners)
        parent.run()
    if any(each.exitcode == STARTUP_FAILURE for each in parent.processes):
        raise ServerFailed("A server process could not start. The lines above say why.")


def server_config(settings: Settings, app: App | str) -> uvicorn.Config:
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


def log_level(settings: Settings) -> int:
    return logging.WARNING if settings.demo else logging.INFO


def worker_app() -> App:
    """The application of one of several server processes."""
    settings = read_settings()
    configure_logs(log_level(settings))
    try:
        return _serving_app(settings, os.environ["PORTAL_RUNTIME_URL"])
    except SettingsError as error:
        structlog.get_logger().error("settings-error", error=str(error))
    except Exception as error:
        structlog.get_logger().error("defect", exc_info=error)
    # The same would happen to the next process, so this ends the whole server.
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
