"""The demo's mailbox: all mails, readable by all visitors. It exists in the demo only."""

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from app.mail.couriers import mail_folder
from app.mail.messages import parse, part, readable
from app.settings import Settings
from app.web.requests import PageRequest
from app.web.templates import page

MOST_SHOWN = 100
ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")


def demo_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: outside the demo there is no such page.

    Raises:
        NotFoundException: outside the demo.
    """
    settings: Settings = connection.app.state.settings
    if not settings.demo:
        raise NotFoundException


class DemoMail(Controller):
    """What the folder mail/ holds."""

    path = "/demo/mail"
    guards = [demo_only]

    @get(opt={"public": True})
    async def show_list(self, request: PageRequest) -> Response[Any]:
        """The newest mails."""
        mails = await asyncio.to_thread(_read_newest, _folder(request))
        return page(request, "demo/mails.html", mails=mails)

    @get("/{id:uuid}", opt={"public": True})
    async def show_one(self, request: PageRequest, id: FromPath[UUID]) -> Response[Any]:
        """One mail: its text with links to follow, and the source of its HTML."""
        mail = await asyncio.to_thread(_read_one, _folder(request), id)
        if mail is None:
            raise NotFoundException
        headers = {"Cache-Control": "no-store"}
        return page(request, "demo/mail.html", headers=headers, mail=mail)


def _folder(request: PageRequest) -> Path:
    settings: Settings = request.app.state.settings
    return mail_folder(settings)


def _read_newest(folder: Path) -> list[dict[str, Any]]:
    newest = sorted(folder.glob("*.eml"), key=lambda file: file.name, reverse=True)
    return [_headers(file) for file in newest[:MOST_SHOWN]]


def _read_one(folder: Path, id: UUID) -> dict[str, Any] | None:
    file = next(folder.glob(f"*-{id}.eml"), None)
    if file is None:
        return None
    message = parse(file.read_bytes())
    paragraphs = part(message, "plain").strip().split("\n\n")
    return {
        **_headers(file),
        # Every second piece of a line is an address, since the pattern captures it.
        "paragraphs": [[ADDRESS.split(line) for line in p.split("\n")] for p in paragraphs],
        "source": part(message, "html").strip().split("\n"),
    }


def _headers(file: Path) -> dict[str, Any]:
    message = parse(file.read_bytes())
    return {
        "id": file.stem.partition("-")[2],
        "recipient": readable(message, "to"),
        "sender": readable(message, "from"),
        "subject": readable(message, "subject"),
        "sent_at": message["date"].datetime,
        "language": message["content-language"],
    }
