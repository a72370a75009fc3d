"""The two yardsticks of benchmarks/floor.py as one bare ASGI callable.

`/floor/…` runs a page's statements by asyncpg and sends what comes, joined into a string: the bare
floor. `/bytes/…` runs the same statements and sends the page's own HTML, with an ETag and brotli
made anew for each answer, as the portal makes them: same SQL and same bytes.

`PORTAL_FLOOR` names a pickle of `Recorded` in benchmarks/recorded_pages.py.
"""

import hashlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import asyncpg
import brotli

from benchmarks.recorded_pages import RecordedPage, load_pages

Message = MutableMapping[str, Any]

_recorded = load_pages(Path(os.environ["PORTAL_FLOOR"]))
_pool: asyncpg.Pool | None = None


async def _keep_session(connection: asyncpg.Connection) -> None:
    """Skip the round trip that resets what nobody changed."""


async def _open() -> asyncpg.Pool:
    return await asyncpg.create_pool(
        _recorded.dsn,
        min_size=1,
        max_size=10,
        reset=_keep_session,
        server_settings=_recorded.session,
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
    _, kind, path = scope["path"].split("/", 2)
    page = _recorded.pages[f"/{path}"]
    values = await _run(_pool, page)
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    if kind == "bytes":
        etag = b'W/"' + hashlib.sha256(page.body).hexdigest()[:20].encode() + b'"'
        body = brotli.compress(page.body, mode=brotli.MODE_TEXT, quality=7, lgwin=16)
        headers += [(b"etag", etag), (b"content-encoding", b"br")]
    else:
        body = "".join(values).encode()
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _run(pool: asyncpg.Pool, page: RecordedPage) -> list[str]:
    parts: list[str] = []
    for sql, args in page.statements:
        async with pool.acquire() as connection:
            rows = await connection.fetch(sql, *args)
        parts += [str(value) for row in rows for value in row.values()]
    return parts


async def _lifespan(
    receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
