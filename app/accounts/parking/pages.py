"""Forms that came when something had to be done first: kept encrypted, and offered again.

The person's session has expired or was ended on another device, or new terms of use were published
while they filled the form in.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from app import clock
from app.accounts.access import CONFIRMATIONS, DETOUR, OVER_SESSION
from app.accounts.parking import queries
from app.accounts.parking.rules import encrypt_form, open_form
from app.accounts.rules import FORMS_AFTER_END, OverSession, Viewer, first_step, with_next
from app.accounts.tables import ParkedForm
from app.audit.services import record
from app.database import unit_of_work
from app.encryption import read_secret
from app.settings import Settings
from app.web.errors import quota_errors, send_unavailable, unavailable_errors
from app.web.http.asgi import App, Message, Receive, Scope, Send
from app.web.requests import (
    PayloadTooLarge,
    header,
    is_cross_site,
    is_htmx,
    read_body,
)

KEPT = timedelta(hours=48)
PREFIX = "/parked-forms/"
# People sign in, prove who they are, stay and leave again; there is nothing to keep.
# Of a change of password there must not be.
NEVER_PARKED = {
    *("/login", "/logout", "/language", "/staff/session"),
    *("/terms", "/password", "/profile/password"),
}
# Proofs, and pages for people who are not signed in, whose addresses hold tokens: not to be kept.
NEVER_PARKED_BELOW = (
    *("/password/", "/join/", "/email-addresses/", "/unsubscriptions/"),
    *("/login/", "/profile/proof", "/profile/second-factors", "/profile/withdrawal"),
    # The confirm page has kept the change, and shows it again.
    CONFIRMATIONS,
)


class ParkedForms:
    """Keeps forms of people who have to do something first, and sends them when they say so."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        viewer: Viewer | None = scope.get("user")
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
        elif (over := OVER_SESSION.read(scope)) is not None and _may_park(over, scope):
            await self._park(over, scope, receive, send)
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
        """Only the application knows whether the form has to wait: some are for all visitors."""
        try:
            body = await read_body(_chunks(receive))
        except PayloadTooLarge:
            await self.app(scope, receive, send)
            return
        answer: list[Message] = []

        async def keeping_send(message: Message) -> None:
            answer.append(message)

        await self.app(scope, _receive_whole(body), keeping_send)
        if DETOUR.read(scope) and await self._keep(
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
        """Keep a form and send the person on; False if nothing more may be kept."""
        now = clock.now()
        parked = ParkedForm(
            user=user,
            session=session,
            path=scope["path"],
            content_type=header(scope, b"content-type")[:200],
            form=encrypt_form(read_secret(self.settings.secret_file), body),
            created_at=now,
            expires_at=now + KEPT,
        )
        try:
            async with unit_of_work():
                # The body may have taken minutes, and the session may have ended since.
                if not await _may_leave(user, session, now):
                    return False
                await ParkedForm.insert(parked)
                await record("form-parking", actor=user, subject=parked.id)
        except quota_errors:
            return False
        except unavailable_errors:
            await send_unavailable(scope, send)
            return True
        await _send_to(with_next(step, f"{PREFIX}{parked.id}"), scope, send)
        return True

    async def _send_again(self, viewer: Viewer, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            parked = await find_parked(viewer, scope["path"].removeprefix(PREFIX))
            secret = read_secret(self.settings.secret_file)
            body = open_form(secret, parked.form) if parked else None
            if parked is not None and body is not None:
                await ParkedForm.delete().where(ParkedForm.id == parked.id)
        except unavailable_errors:
            await send_unavailable(scope, send)
            return
        if parked is None:
            await self.app(scope, receive, send)
        elif body is None:
            # Its page says so.
            await _send_to(scope["path"], scope, send)
        else:
            await self.app(_again(scope, parked, body), _receive_whole(body), send)


def _again(scope: Scope, parked: queries.Parked, body: bytes) -> Scope:
    """The request that brought the form, as it was."""
    kept = {b"content-type", b"content-length"}
    headers = [h for h in scope["headers"] if h[0] not in kept]
    headers.append((b"content-type", parked.content_type.encode("latin-1")))
    return {
        **scope,
        "path": parked.path,
        "raw_path": parked.path.encode("utf-8"),
        "headers": [*headers, (b"content-length", str(len(body)).encode())],
    }


async def _send_to(path: str, scope: Scope, send: Send) -> None:
    name = b"hx-redirect" if is_htmx(scope) else b"location"
    status = 401 if is_htmx(scope) else 303
    headers = [(name, path.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _is_parked(path: str) -> bool:
    return path not in NEVER_PARKED and not path.startswith(NEVER_PARKED_BELOW)


def _may_park(over: OverSession, scope: Scope) -> bool:
    return over.may_leave_form(clock.now()) and _is_parked(scope["path"])


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


async def find_parked(viewer: Viewer, id: str) -> queries.Parked | None:
    """A form that was kept for the person."""
    try:
        return await queries.find_parked_form(viewer.id, UUID(id), clock.now())
    except ValueError:
        return None
