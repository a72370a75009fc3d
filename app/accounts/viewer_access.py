"""Who looks: the session behind each request."""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app import clock
from app.accounts import queries
from app.accounts.access import CONFIRMATIONS
from app.accounts.rules import SEEN_EVERY, Ending, OverSession, Viewer, session_runs
from app.accounts.session_services import mark_seen
from app.database import Record
from app.settings import Settings
from app.web import i18n
from app.web.asgi import App, Receive, Send
from app.web.cookies import cookie_values
from app.web.errors import send_unavailable, unavailable_errors
from app.web.requests import header

DONE = b"done="
NAMED = (
    *("id", "act", "payload", "upload", "location"),
    *("message", "refusal", "done_at", "expires_at"),
)


class ReadAhead:
    """What a higher domain needs for some addresses, read in the statement that finds the session.

    The row lands in `scope["read_ahead"]` beside its key, for one who is signed in.
    """

    def __init__(self, select: str, key_of: Callable[[str], str]) -> None:
        """Take the select, of person u.id and key $3, and what finds the key in a path, or ""."""
        self.statement, self.key_of = queries.session_statement(select), key_of


class Viewers:
    """Finds the person behind each request: `scope["viewer"]`, and the request's language."""

    def __init__(self, app: App, settings: Settings, read_ahead: ReadAhead) -> None:
        self.app, self.settings, self.read_ahead = app, settings, read_ahead

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["viewer"] = scope["done"] = scope["over_session"] = scope["read_ahead"] = None
        chosen = _chosen_language(scope, self.settings)
        scope["language_chosen"] = chosen is not None
        i18n.language.set(chosen or i18n.preferred_language(header(scope, b"accept-language")))
        try:
            for token in cookie_values(scope, self.settings.session_cookie):
                await self._find_viewer(scope, token)
                if scope["viewer"] is not None:
                    break
        except unavailable_errors:
            await send_unavailable(scope, send)
            return
        await self.app(scope, receive, send)

    async def _find_viewer(self, scope: MutableMapping[str, Any], token: str) -> None:
        key = self.read_ahead.key_of(scope["path"])
        statement = self.read_ahead.statement if key else queries.SESSION
        row = await queries.find_session(token, _named_id(scope), statement=statement, ahead=key)
        if row is None:
            return
        now = clock.now()
        i18n.language.set(row["language"])
        if not row["counts"] or not _runs(row, now):
            scope["over_session"] = scope["over_session"] or _over(row)
            return
        scope["viewer"] = _viewer(row)
        scope["read_ahead"] = (key, row) if key else None
        if DONE in scope["query_string"] and row["named_done_at"] is not None:
            scope["done"] = row["named_message"]
        await _keep_alive(row, now)


def _chosen_language(scope: Mapping[str, Any], settings: Settings) -> str | None:
    values = cookie_values(scope, settings.language_cookie)
    return next((value for value in values if value in i18n.LANGUAGES), None)


def _runs(row: Record, now: datetime) -> bool:
    in_time = session_runs(row["staff_role"], row["last_seen_at"], row["expires_at"], now)
    return row["ended_at"] is None and in_time


def _over(row: Record) -> OverSession | None:
    """Return the session that is over, or None where the reason is not shown."""
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
        named={name: row[f"named_{name}"] for name in NAMED} if row["named_id"] else None,
    )


async def _keep_alive(row: Record, now: datetime) -> None:
    if now - row["last_seen_at"] >= SEEN_EVERY:
        await mark_seen(row["session"])


def _named_id(scope: Mapping[str, Any]) -> UUID | None:
    """The confirmation that an address names: its own page, what was done by it, or a draft."""
    path, query = scope["path"], scope["query_string"]
    if path.startswith(CONFIRMATIONS):
        value = path.removeprefix(CONFIRMATIONS).encode("utf-8", "replace")
    else:
        value = query.partition(DONE if DONE in query else b"draft=")[2]
    try:
        return UUID(value[:36].decode("ascii"))
    except ValueError:
        return None
