"""What `portal serve` and `portal worker` do while the database does not answer at their start."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
import uvicorn

from app.accounts.viewer_access import set_language
from app.database import NOT_NOW, DatabaseReadOnly
from app.database.migrate import MigrationLocked
from app.database.outages import CANNOT_CONNECT, STARVED
from app.settings import Settings
from app.web.errors import send_unavailable
from app.web.http.asgi import (
    App,
    Receive,
    RequestLog,
    Scope,
    Send,
    StaticFiles,
    StrictTransport,
    send_plain,
)
from app.web.http.finishing import FinishResponses

RETRY_SECONDS = 2.0
AWAY = (*CANNOT_CONNECT, *NOT_NOW)

log = structlog.get_logger()


class CannotConnect(Exception):
    """The database does not answer, or takes no changes. The message says what to do."""


@asynccontextmanager
async def connecting() -> AsyncIterator[None]:
    """Do the first thing with a database in the block.

    Raises:
        CannotConnect: the database is away, full, read-only, or another process migrates it.
    """
    try:
        yield
    except AWAY as error:
        raise CannotConnect(_words(error)) from error


def _words(error: Exception) -> str:
    """Say in one line what keeps the database from working, and what to look at."""
    said = str(error) or type(error).__name__
    if isinstance(error, DatabaseReadOnly | asyncpg.ReadOnlySQLTransactionError):
        return f"{DatabaseReadOnly()}."
    if isinstance(error, MigrationLocked):
        return f"{said}."
    if isinstance(error, STARVED):
        return f"The database has no room for changes: {said}."
    return (
        f"Cannot connect to the database: {said}. Check PORTAL_DATABASE_URL and"
        " PORTAL_MIGRATE_URL, and that the server is running."
    )


async def patiently(work: Callable[[], Awaitable[None]]) -> None:
    """Try until the database answers; each attempt in vain is a line in the log."""
    while True:
        try:
            async with connecting():
                await work()
            return
        except CannotConnect as error:
            log.warning("database-unavailable", error=str(error), retry_seconds=RETRY_SECONDS)
        await asyncio.sleep(RETRY_SECONDS)


async def answering_meanwhile(
    server: uvicorn.Server, listeners: list[socket.socket], work: Callable[[], Awaitable[None]]
) -> None:
    """Do work patiently; until it is done, the server answers on copies of the listeners."""
    serving = asyncio.ensure_future(server.serve([each.dup() for each in listeners]))
    working = asyncio.ensure_future(patiently(work))
    try:
        await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        # A signal ends the server, which then raises it again.
        await serving
    await working


def waiting_app(settings: Settings) -> App:
    """Return the application that answers 503 to everything but the question if it lives."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz":
            await send_plain(send, 200, b"ok\n")
            return
        set_language(scope, settings)
        await send_unavailable(scope, send)

    app: Any = StaticFiles(FinishResponses(answer))
    app = RequestLog(app)
    return StrictTransport(app) if settings.https else app
