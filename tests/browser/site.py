"""The portal on a real port, on the demo world."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import brotli
import uvicorn
from playwright.async_api import BrowserContext

from app.accounts.ending_services import end_sessions
from app.accounts.queries import find_credentials
from app.accounts.rules import Ending
from app.accounts.session_services import open_session
from app.database import fetch, fetch_value, unit_of_work
from app.settings import Settings
from app.web import brand
from app.web.brand import Brand
from app.web.http.asgi import App, Message, Receive, Scope, Send
from app.web.http.protocol import PatientProtocol
from tests.conftest import Stage, made_app


@dataclass
class SentPages:
    """Keeps the HTML of every answer, as it left the application."""

    app: App
    pages: dict[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = {}
        body = bytearray()

        async def keeping_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers.update(message["headers"])
            else:
                body.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, keeping_send)
        if body and headers.get(b"content-type", b"").startswith(b"text/html"):
            plain = brotli.decompress(bytes(body)) if b"content-encoding" in headers else body
            self.pages[plain.decode()] = f"{scope['method']} {scope['path']}"


@dataclass(frozen=True)
class Site:
    """A running portal; its database pool is open in the loop of the test."""

    settings: Settings
    sent: SentPages

    @property
    def url(self) -> str:
        """Where it answers, without a trailing slash."""
        return self.settings.base_url

    async def session_cookie(self, code: str) -> dict[str, str]:
        """A cookie of a new session: its name and value, and where it is sent."""
        account = await find_credentials(code)
        assert account is not None, f"{code} is not in the cast"
        signed_in = await open_session(account, "browser tests", known_device=None)
        return {"name": self.settings.session_cookie, "value": signed_in.token, "url": self.url}

    async def sign_in(self, context: BrowserContext, code: str) -> None:
        """Give a browser the cookie of a new session."""
        cookie = await self.session_cookie(code)
        name, value, url = cookie["name"], cookie["value"], cookie["url"]
        await context.add_cookies([{"name": name, "value": value, "url": url}])

    async def set_language(self, code: str, language: str) -> None:
        """The language in which somebody sees the portal."""
        await fetch("update portal_user set language = $2 where code = $1", code, language)

    async def make_owner(self, code: str, number: str) -> None:
        """Let a member manage the contract too: the demo's contracts have one owner each."""
        changed = await fetch_value(
            "update membership set role = 'owner' from contract c, portal_user u"
            " where c.id = membership.contract and c.number = $2"
            ' and u.id = membership."user" and u.code = $1 returning 1',
            code,
            number,
        )
        assert changed, f"{code} is not a member of {number}"

    async def expire_sessions(self, code: str) -> None:
        """Let the time of somebody's sessions run out."""
        await fetch(
            "update session set expires_at = now() - interval '1 minute' where \"user\" ="
            " (select id from portal_user where code = $1)",
            code,
        )

    async def end_sessions(self, code: str) -> None:
        """End somebody's sessions, as from another of their devices."""
        account = await find_credentials(code)
        assert account is not None, f"{code} is not in the cast"
        async with unit_of_work():
            await end_sessions(account["id"], Ending.OTHER_DEVICE)


@cache
def _listener() -> socket.socket:
    """A free port of the loopback address: one for all, since an application knows its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


@asynccontextmanager
async def serve(stage: Stage, dsn: str | None = None, **changes: Any) -> AsyncIterator[Site]:
    """Serve the demo world on a port of the loopback address; one at a time.

    Args:
        dsn: a database with nothing but the demo world; None makes one.
        changes: settings that differ from the usual ones.
    """
    dsn = dsn or await stage.copy()
    # The server closes what it is given.
    listener = _listener().dup()
    port = listener.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    settings = replace(stage.settings, port=port, base_url=base_url, **changes)
    # The process keeps the brand that an earlier test chose until it reads the database again.
    brand.use(Brand())
    sent = SentPages(made_app(settings, dsn))
    server = uvicorn.Server(_config(sent))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            assert not running.done(), "the portal did not start"
            await asyncio.sleep(0.01)
        yield Site(settings, sent)
    finally:
        server.should_exit = True
        await running


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
