"""A portal on a real port, whose answers a proxy in front of it may spoil, and a system near it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from app.web.http.asgi import App, Message, Receive, Scope, Send
from licensed_system.command import main
from tests.browser.plant import LicensedSystem


@dataclass
class Front:
    """What stands before the portal: it keeps what came, and spoils the next answers.

    Attributes:
        faults: for the next calls of a method, what happens in place of the portal's answer.
        heads: method, path and headers of each call.
    """

    app: App
    faults: dict[str, list[App]] = field(default_factory=dict)
    heads: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.heads.append((scope["method"], scope["path"], headers))
        waiting = self.faults.get(scope["method"])
        await (waiting.pop(0) if waiting else self.app)(scope, receive, send)

    def keys(self) -> list[str]:
        """The idempotency keys of all calls that change something, as they came."""
        return [head["idempotency-key"] for method, _, head in self.heads if method == "POST"]

    def cut_off(self) -> App:
        """The portal's answer, whose second half never comes."""

        async def spoilt(scope: Scope, receive: Receive, send: Send) -> None:
            async def half(message: Message) -> None:
                if message["type"] == "http.response.body":
                    body = message["body"]
                    message = {**message, "body": body[: len(body) // 2], "more_body": True}
                await send(message)

            await self.app(scope, receive, half)

        return spoilt


def answering(status: int, body: bytes = b"", **headers: str) -> App:
    """Answer this, whatever was asked."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})

    return app


@asynccontextmanager
async def served(app: App, certificate: Path | None = None) -> AsyncIterator[int]:
    """Serve on a free port of loopback, in the loop of the test; with a certificate over https."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1,
            ssl_certfile=certificate,
        )  # fmt: skip
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await running


class NearSystem(LicensedSystem):
    """A licensed system that reaches the portal.

    Attributes:
        pauses: how long it waited before each further try; a test waits for none of them.
    """

    def __init__(self, folder: Path, root: Path, portal: str, language: str = "en") -> None:
        super().__init__(folder, root, language)
        self.portal, self.pauses = portal, list[float]()
        self.token_file = folder / "token"

    def keep(self, token: str, mode: int = 0o600) -> None:
        """Put a token where the command finds it."""
        self.token_file.write_text(f"{token}\n")
        self.token_file.chmod(mode)

    async def fetch(self, environment: str = "製造ライン1", *more: str) -> int:
        """Activate by way of the portal; the exit code."""
        way = ("--portal", self.portal, "--token-file", str(self.token_file))
        return await asyncio.to_thread(
            self.run, "activate", *way, "--environment", environment, *more
        )

    def run(self, *arguments: str) -> int:
        options = ["--state", str(self.folder), "--language", self.language, *arguments]
        return main(options, machine=lambda: self.machine, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def holds(self, secret: str) -> bool:
        """Whether a file of its folder has these characters."""
        return any(secret.encode() in path.read_bytes() for path in self.folder.iterdir())
