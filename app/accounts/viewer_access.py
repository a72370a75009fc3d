"""Who looks: the session behind each request."""

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware.authentication import (
    AbstractAuthenticationMiddleware,
    AuthenticationResult,
)
from litestar.types import ASGIApp, Receive, Scope, Send

from app import clock
from app.accounts import queries
from app.accounts.access import CONFIRMATIONS, OVER_SESSION
from app.accounts.rules import SEEN_EVERY, Ending, OverSession, Viewer, session_runs
from app.accounts.session_services import mark_seen
from app.database import Record
from app.settings import Settings
from app.web import i18n
from app.web.errors import send_unavailable, unavailable_errors
from app.web.http.asgi import App
from app.web.http.asgi import Send as PlainSend
from app.web.http.cookies import cookie_values
from app.web.requests import header
from app.web.scope_keys import DONE, LANGUAGE_CHOSEN, ScopeKey

DONE_PARAMETER = b"done="
NAMED = (
    *("id", "act", "payload", "upload", "location"),
    *("message", "refusal", "done_at", "expires_at"),
)


# A row that was read ahead for the signed-in person, and the key that it was read by.
READ_AHEAD_ROW = ScopeKey[tuple[str, Record] | None]("read_ahead_row", None)


class ReadAhead:
    """What a higher domain needs for some addresses, read in the statement that finds the session.

    The row lands in `READ_AHEAD_ROW` beside its key, for one who is signed in.
    """

    def __init__(self, select: str, key_of: Callable[[str], str]) -> None:
        """Take the select, of person u.id and key $3, and what finds the key in a path, or ""."""
        self.statement, self.key_of = queries.session_statement(select), key_of


class _SessionsUnavailable(Exception):
    """The database does not answer."""


class Viewers(AbstractAuthenticationMiddleware):
    """Finds the person behind each request, `request.user`, and the request's language.

    It wraps Litestar instead of running inside it, because Litestar runs middleware for known
    addresses only. The page for an unknown address greets the person, and `ParkedForms` needs to
    know who they are.
    """

    def __init__(self, app: App, settings: Settings, read_ahead: ReadAhead) -> None:
        super().__init__(cast(ASGIApp, app), exclude_http_methods=(), scopes={ScopeType.HTTP})
        self.settings, self.read_ahead = settings, read_ahead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503 if the person cannot be found, since the database does not answer."""
        try:
            await super().__call__(scope, receive, send)
        except _SessionsUnavailable:
            await send_unavailable(scope, cast(PlainSend, send))

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Find the person, or None: what needs one is behind a guard."""
        scope, user = connection.scope, None
        set_language(scope, self.settings)
        try:
            for token in cookie_values(scope, self.settings.session_cookie):
                user = await self._find_viewer(scope, token)
                if user is not None:
                    break
        except unavailable_errors as error:
            raise _SessionsUnavailable from error
        return AuthenticationResult(user, auth=None)

    async def _find_viewer(self, scope: Mapping[str, Any], token: str) -> Viewer | None:
        key = self.read_ahead.key_of(scope["path"])
        statement = self.read_ahead.statement if key else queries.SESSION
        row = await queries.find_session(token, _named_id(scope), statement=statement, ahead=key)
        if row is None:
            return None
        now = clock.now()
        i18n.language.set(row["language"])
        if not row["counts"] or not _runs(row, now):
            OVER_SESSION.set(scope, OVER_SESSION.read(scope) or _over(row))
            return None
        if key:
            READ_AHEAD_ROW.set(scope, (key, row))
        if DONE_PARAMETER in scope["query_string"] and row["named_done_at"] is not None:
            DONE.set(scope, row["named_message"])
        await _keep_alive(row, now)
        return _viewer(row)


def set_language(scope: Mapping[str, Any], settings: Settings) -> None:
    """Answer in the language that the browser has a cookie for, or else prefers."""
    chosen = _chosen_language(scope, settings)
    LANGUAGE_CHOSEN.set(scope, chosen is not None)
    i18n.language.set(chosen or i18n.preferred_language(header(scope, b"accept-language")))


def _chosen_language(scope: Mapping[str, Any], settings: Settings) -> str | None:
    values = cookie_values(scope, settings.language_cookie)
    return next((value for value in values if value in i18n.LANGUAGES), None)


def _runs(row: Record, now: datetime) -> bool:
    in_time = session_runs(row["staff_role"], row["last_seen_at"], row["expires_at"], now)
    return row["ended_at"] is None and in_time


def _over(row: Record) -> OverSession | None:
    """Return the session that is over, or None if the reason is not shown."""
    if row["ended_at"] is not None:
        return OverSession(row["session"], row["id"], Ending(row["end_reason"]), row["ended_at"])
    if not row["counts"]:
        return None
    return OverSession(row["session"], row["id"], None, row["expires_at"])


def _viewer(row: Record) -> Viewer:
    return Viewer(
        id=row["id"],
        session=row["session"],
        code=row["code"],
        name=row["name"],
        language=row["language"],
        staff_role=row["staff_role"],
        terms_accepted=row["terms_accepted"],
        must_change_password=row["must_change_password"],
        factor_missing=row["factor_missing"],
        proved_at=row["proved_at"],
        expires_at=row["expires_at"],
        generation=row["generation"],
        provider_checked_at=row["provider_checked_at"],
        named={name: row[f"named_{name}"] for name in NAMED} if row["named_id"] else None,
    )


async def _keep_alive(row: Record, now: datetime) -> None:
    if now - row["last_seen_at"] >= SEEN_EVERY:
        # A database that takes no changes still shows pages.
        with contextlib.suppress(*unavailable_errors):
            await mark_seen(row["session"])


def _named_id(scope: Mapping[str, Any]) -> UUID | None:
    """The confirmation that an address names: its own page, what was done by it, or a draft."""
    path, query = scope["path"], scope["query_string"]
    if path.startswith(CONFIRMATIONS):
        value = path.removeprefix(CONFIRMATIONS).encode("utf-8", "replace")
    else:
        value = query.partition(DONE_PARAMETER if DONE_PARAMETER in query else b"draft=")[2]
    try:
        return UUID(value[:36].decode("ascii"))
    except ValueError:
        return None
