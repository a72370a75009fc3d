"""The floor of benchmarks/floor.py: a page's own SQL by asyncpg, joined into a string, and no more.

`PORTAL_FLOOR` names a pickle: the database's address, and for each path the statements that the
portal ran for that page, with their arguments, as the benchmark recorded them a moment before.
"""

import os
import pickle
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import asyncpg

Message = MutableMapping[str, Any]
Statement = tuple[str, tuple[object, ...]]

_dsn, _session, _pages = pickle.loads(Path(os.environ["PORTAL_FLOOR"]).read_bytes())
_pool: asyncpg.Pool | None = None


async def _keep_session(connection: asyncpg.Connection) -> None:
    """As the portal does it: no round trip to reset what nobody changes."""


async def _open() -> asyncpg.Pool:
    return await asyncpg.create_pool(
        _dsn, min_size=1, max_size=10, reset=_keep_session, server_settings=_session
    )


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """The whole application."""
    global _pool  # noqa: PLW0603 - a bare ASGI callable has no other place
    if scope["type"] != "http":
        await _lifespan(receive, send)
        return
    if _pool is None:
        _pool = await _open()
    statements: list[Statement] = _pages[scope["path"]]
    parts: list[str] = []
    for sql, args in statements:
        async with _pool.acquire() as connection:
            rows = await connection.fetch(sql, *args)
        parts += [str(value) for row in rows for value in row.values()]
    body = "".join(parts).encode()
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(
    receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
