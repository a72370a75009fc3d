"""Who looks: the session behind a request, and the gates before the pages."""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from app import clock
from app.accounts import queries
from app.accounts.factor_rules import proof_counts
from app.accounts.rules import SEEN_EVERY, Viewer, first_step, session_runs
from app.accounts.session_services import SignIn, mark_seen
from app.database import Record
from app.settings import Settings
from app.web import i18n
from app.web.asgi import App, Receive, Send
from app.web.errors import send_unavailable, unavailable_errors
from app.web.requests import header, is_cross_site
from app.web.responses import see_other

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
PROOF = "/profile/proof"
CONFIRMATIONS = "/confirmations/"
DONE = b"done="
NAMED = (
    *("id", "act", "payload", "upload", "location"),
    *("message", "refusal", "done_at", "expires_at"),
)
YEAR = 365 * 24 * 3600


class NotSignedIn(Exception):
    """The page needs a signed-in person."""


class Detour(Exception):
    """Something has to be done before the wanted page: the terms, or a new password."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    """The request's cookies; what has no name or no value is none."""
    pairs = (pair.partition("=") for pair in header(scope, b"cookie").split(";"))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if value}


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
        jar = cookies(scope)
        scope["viewer"] = scope["done"] = scope["expired_user"] = scope["read_ahead"] = None
        wanted = jar.get(self.settings.language_cookie)
        scope["language_chosen"] = wanted in i18n.LANGUAGES
        i18n.language.set(
            wanted
            if wanted in i18n.LANGUAGES
            else i18n.preferred_language(header(scope, b"accept-language"))
        )
        if token := jar.get(self.settings.session_cookie):
            try:
                await self._find_viewer(scope, token)
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
        if not session_runs(row["staff_role"], row["last_seen_at"], row["expires_at"], now):
            scope["expired_user"] = row["id"]
            return
        scope["viewer"] = _viewer(row)
        scope["read_ahead"] = (key, row) if key else None
        if DONE in scope["query_string"] and row["named_done_at"] is not None:
            scope["done"] = row["named_message"]
        await _keep_alive(row, now)


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


# Guards are coroutines: Litestar runs plain functions in threads, one hop for each.
async def refuse_cross_site(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Guard of the whole application: changes are asked for by the portal's own pages only.

    A route that says `any_site` is meant for others, and looks at no session.

    Raises:
        PermissionDeniedException: another site sent the request.
    """
    settings: Settings = connection.app.state.settings
    if connection.scope.get("method") in SAFE_METHODS or handler.opt.get("any_site"):
        return
    if is_cross_site(connection.scope, settings.origin):
        raise PermissionDeniedException("cross-site")


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: somebody is signed in, has accepted the terms and has a password of their own.

    Outside the demo, the vendor's staff have a second factor, too.

    Raises:
        NotSignedIn: nobody is.
        Detour: something has to be done first.
    """
    settings: Settings = connection.app.state.settings
    if step := first_step(_required_viewer(connection), demo=settings.demo):
        raise Detour(step)


async def signed_in_before_factors(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Guard of the second factors' own pages: staff have to get there to set one up.

    Raises:
        NotSignedIn: nobody is signed in.
        Detour: the terms or a password come first.
    """
    if step := first_step(_required_viewer(connection), demo=True):
        raise Detour(step)


async def recently_proved(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Guard, after one of those above: the person proved who they are a moment ago.

    It stands before whatever changes credentials. Put it on the page with the form, too, so that
    the question comes before the form is filled in.

    Raises:
        Detour: they are asked again, and come back.
    """
    require_proof(_required_viewer(connection))


def require_proof(viewer: Viewer) -> None:
    """For acts that need a recent proof: what was entered is kept with their confirmation.

    Raises:
        Detour: they are asked again, and come back to the confirm page.
    """
    if not has_proved(viewer):
        raise Detour(PROOF)


def has_proved(viewer: Viewer) -> bool:
    """Whether the person proved who they are recently enough."""
    return viewer.proved_at is not None and proof_counts(viewer.proved_at, clock.now())


async def signed_in_before_terms(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Guard of the pages on the way in: log out, terms, language.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    _required_viewer(connection)


async def signed_in_with_terms(
    connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
) -> None:
    """Guard of the password page, which comes after the terms and before all else.

    Raises:
        NotSignedIn: nobody is signed in.
        Detour: the terms come first.
    """
    if not _required_viewer(connection).terms_accepted:
        raise Detour("/terms")


def _required_viewer(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer:
    viewer: Viewer | None = connection.scope.get("viewer")  # type: ignore[assignment]
    if viewer is None:
        raise NotSignedIn
    return viewer


async def provide_viewer(scope: Scope) -> Viewer:
    """The signed-in person, for handlers behind one of the guards above.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    viewer: Viewer | None = cast("dict[str, Any]", scope).get("viewer")
    if viewer is None:
        raise NotSignedIn
    return viewer


def cookie(name: str, value: str, seconds: int, settings: Settings) -> Cookie:
    """A cookie of the portal, which no script reads."""
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        path="/",
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )


def begin_session(sign_in: SignIn, wanted: str, settings: Settings) -> Response[Any]:
    """Hand a fresh session to the browser, and send it on to a path of the portal."""
    answer = see_other(wanted)
    lasts = int(sign_in.lasts.total_seconds())
    answer.set_cookie(cookie(settings.session_cookie, sign_in.token, lasts, settings))
    if sign_in.device_token:
        answer.set_cookie(cookie(settings.device_cookie, sign_in.device_token, YEAR, settings))
    return answer
