"""Forms that came when something had to be done first: kept encrypted, and offered again.

Somebody's session has expired or was ended on another device, or new terms of use were published
while they filled the form in.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app import clock
from app.accounts import queries
from app.accounts.access import CONFIRMATIONS, signed_in
from app.accounts.parking_rules import open_form, seal_form
from app.accounts.rules import FORMS_AFTER_END, OverSession, Viewer, first_step, with_next
from app.accounts.tables import ParkedForm
from app.audit.services import record
from app.database import unit_of_work
from app.sealing import read_secret
from app.settings import Settings
from app.web.asgi import App, Message, Receive, Scope, Send
from app.web.browsers import browser_name
from app.web.requests import (
    PageRequest,
    PayloadTooLarge,
    header,
    is_cross_site,
    is_htmx,
    read_body,
)
from app.web.responses import see_other
from app.web.templates import page

KEPT = timedelta(hours=48)
PREFIX = "/parked-forms/"
# Signing in, proving who one is, staying and leaving are done anew; there is nothing to keep.
# Of a change of password there must not be.
NEVER_PARKED = {
    *("/login", "/logout", "/language", "/staff/session"),
    *("/terms", "/password", "/profile/password"),
}
# Proofs, and pages for people who are not signed in, whose addresses hold tokens: not to be kept.
NEVER_PARKED_BELOW = (
    *("/password/", "/join/", "/email-addresses/", "/unsubscriptions/"),
    *("/login/", "/profile/proof", "/profile/second-factors", "/profile/withdrawal"),
    # Its page shows again what is to be confirmed, and has kept it.
    CONFIRMATIONS,
)


class ParkedForms:
    """Keeps forms of people who have to do something first, and sends them when they say so."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        viewer: Viewer | None = scope.get("viewer") if scope["type"] == "http" else None
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
        elif is_cross_site(scope, self.settings.origin):
            # Nothing is kept of it; the application's own guard refuses it.
            await self.app(scope, receive, send)
        elif viewer is not None:
            await self._receive_form(viewer, scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            # It is kept already; its page offers it again.
            await _send_to(with_next("/login", scope["path"]), scope, send)
        elif _may_park(scope):
            await self._park(scope["over_session"], scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _receive_form(
        self, viewer: Viewer, scope: Scope, receive: Receive, send: Send
    ) -> None:
        step = first_step(viewer, demo=self.settings.demo)
        if scope["path"].startswith(PREFIX) and step:
            await _send_to(with_next(step, scope["path"]), scope, send)
        elif scope["path"].startswith(PREFIX):
            await self._send_again(viewer, scope, receive, send)
        elif step and _is_parked(scope["path"]):
            await self._park_on_detour(viewer, step, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _park_on_detour(
        self, viewer: Viewer, step: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Only the application knows whether the form has to wait: some are for everybody."""
        try:
            body = await read_body(_chunks(receive))
        except PayloadTooLarge:
            await self.app(scope, receive, send)
            return
        answer: list[Message] = []

        async def keeping_send(message: Message) -> None:
            answer.append(message)

        await self.app(scope, _receive_whole(body), keeping_send)
        if scope.get("detour") and await self._keep(
            viewer.id, viewer.session, step, body, scope, send
        ):
            return
        for message in answer:
            await send(message)

    async def _park(self, over: OverSession, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(_chunks(receive))
        except PayloadTooLarge:
            await self.app(scope, receive, send)
            return
        if not await self._keep(over.user, over.id, "/login", body, scope, send):
            await self.app(scope, _receive_whole(body), send)

    async def _keep(
        self,
        user: UUID,
        session: UUID,
        step: str,
        body: bytes,
        scope: Scope,
        send: Send,
    ) -> bool:
        """Keep a form and send the person on; False where the session may leave no more."""
        now = clock.now()
        parked = ParkedForm(
            user=user,
            session=session,
            path=scope["path"],
            content_type=header(scope, b"content-type")[:200],
            form=seal_form(read_secret(self.settings.secret_file), body),
            created_at=now,
            expires_at=now + KEPT,
        )
        async with unit_of_work():
            # The body may have taken minutes, and the session may have ended since.
            if not await _may_leave(user, session, now):
                return False
            await ParkedForm.insert(parked)
            await record("form-parking", actor=user, subject=parked.id)
        await _send_to(with_next(step, f"{PREFIX}{parked.id}"), scope, send)
        return True

    async def _send_again(self, viewer: Viewer, scope: Scope, receive: Receive, send: Send) -> None:
        parked = await _find(viewer, scope["path"].removeprefix(PREFIX))
        if parked is None:
            await self.app(scope, receive, send)
            return
        body = open_form(read_secret(self.settings.secret_file), parked.form)
        if body is None:
            # Its page says so.
            await _send_to(scope["path"], scope, send)
            return
        kept = {b"content-type", b"content-length"}
        headers = [h for h in scope["headers"] if h[0] not in kept]
        headers.append((b"content-type", parked.content_type.encode("latin-1")))
        again = {
            **scope,
            "path": parked.path,
            "raw_path": parked.path.encode("utf-8"),
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
        }
        await ParkedForm.delete().where(ParkedForm.id == parked.id)
        await self.app(again, _receive_whole(body), send)


async def _send_to(path: str, scope: Scope, send: Send) -> None:
    name = b"hx-redirect" if is_htmx(scope) else b"location"
    status = 401 if is_htmx(scope) else 303
    headers = [(name, path.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _is_parked(path: str) -> bool:
    return path not in NEVER_PARKED and not path.startswith(NEVER_PARKED_BELOW)


def _may_park(scope: Scope) -> bool:
    over: OverSession | None = scope.get("over_session")
    return over is not None and over.may_leave_form(clock.now()) and _is_parked(scope["path"])


async def _may_leave(user: UUID, session: UUID, now: datetime) -> bool:
    over = await queries.lock_session(user, session)
    if over is None or not over.may_leave_form(now):
        return False
    return over.ending is None or await queries.count_parked(session) < FORMS_AFTER_END


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _receive_whole(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _find(viewer: Viewer, id: str) -> queries.Parked | None:
    try:
        return await queries.find_parked_form(viewer.id, UUID(id), clock.now())
    except ValueError:
        return None


@get("/parked-forms/{id:uuid}", guards=[signed_in])
async def show_parked_form(
    request: PageRequest,
    viewer: NamedDependency[Viewer],
    settings: NamedDependency[Settings],
    id: FromPath[UUID],
) -> Response[Any]:
    """What was kept is offered again; to anybody else there is nothing to see."""
    parked = await _find(viewer, str(id))
    if parked is None:
        return see_other("/")
    lost = open_form(read_secret(settings.secret_file), parked.form) is None
    return page(
        request,
        "accounts/parked_form.html",
        status=410 if lost else 200,
        id=id,
        lost=lost,
        sent_at=parked.created_at,
        browser=browser_name(parked.user_agent),
    )
