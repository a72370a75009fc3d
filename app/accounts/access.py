"""The gates before the pages, and what brings a session to the browser."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from app import clock
from app.accounts.factors.rules import proof_counts
from app.accounts.rules import (
    TOLD_FOR,
    OverSession,
    Viewer,
    first_step,
    with_next,
)
from app.accounts.session_services import FreshToken, PendingLogin, SignIn
from app.settings import Settings
from app.web.requests import is_cross_site
from app.web.responses import see_other
from app.web.scope_keys import ScopeKey

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
PROOF = "/profile/proof"
CONFIRMATIONS = "/confirmations/"
YEAR = 365 * 24 * 3600

# What `viewer_access.Viewers` hands on: `user` is the signed-in person, if there is one.
PersonConnection = ASGIConnection[Any, Viewer | None, Any, Any]
PersonRequest = Request[Viewer | None, Any, Any]
# The session of the browser's cookie, where it has expired or was ended.
OVER_SESSION = ScopeKey[OverSession | None]("over_session", None)
# Where a person was sent to do something first, such as to accept new terms of use.
DETOUR = ScopeKey[str | None]("detour", None)


class NotSignedIn(Exception):
    """The page needs a signed-in person."""


class Detour(Exception):
    """Something has to be done before the wanted page: the terms of use, or a new password."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


# Guards are coroutines: Litestar runs plain functions in threads, one hop for each.
async def refuse_cross_site(connection: PersonConnection, handler: BaseRouteHandler) -> None:
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


async def signed_in(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard: the person is signed in, has accepted the terms of use and has chosen a password.

    Outside the demo, the vendor's staff also have a second factor.

    Raises:
        NotSignedIn: the visitor is not signed in.
        Detour: something has to be done first.
    """
    settings: Settings = connection.app.state.settings
    if step := first_step(user_of(connection), demo=settings.demo):
        raise Detour(step)


async def signed_in_before_factors(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard of the second factors' own pages: staff have to get there to set one up.

    Raises:
        NotSignedIn: the visitor is not signed in.
        Detour: the terms of use or a password come first.
    """
    if step := first_step(user_of(connection), demo=True):
        raise Detour(step)


async def recently_proved(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard, after one of those above: the person proved who they are a moment ago.

    It guards every change of credentials. Put it on the page with the form as well: the question
    then comes before the person fills the form in.

    Raises:
        Detour: they are asked again, and come back.
    """
    require_proof(user_of(connection))


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


async def signed_in_before_terms(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard of the pages on the way in: sign out, terms of use, language.

    Raises:
        NotSignedIn: the visitor is not signed in.
    """
    user_of(connection)


async def signed_in_with_terms(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard of the password page, which comes after the terms of use and before all else.

    Raises:
        NotSignedIn: the visitor is not signed in.
        Detour: the terms of use come first.
    """
    if not user_of(connection).terms_accepted:
        raise Detour("/terms")


def user_of(connection: PersonConnection) -> Viewer:
    """Return the signed-in person.

    Raises:
        NotSignedIn: the visitor is not signed in.
    """
    if connection.user is None:
        raise NotSignedIn
    return connection.user


async def provide_viewer(scope: Scope) -> Viewer:
    """The signed-in person, for handlers behind one of the guards above.

    Raises:
        NotSignedIn: the visitor is not signed in.
    """
    viewer: Viewer | None = scope["user"]
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


def session_cookie(token: str, lasts: timedelta, settings: Settings) -> Cookie:
    """The cookie of a session. It stays a day longer: see TOLD_FOR."""
    seconds = int((lasts + TOLD_FOR).total_seconds())
    return cookie(settings.session_cookie, token, seconds, settings)


def hand_over(answer: Response[Any], fresh: FreshToken | None, settings: Settings) -> Response[Any]:
    """An answer that brings the browser the session's new token, if there is one."""
    if fresh is not None:
        answer.set_cookie(session_cookie(fresh.token, fresh.lasts, settings))
    return answer


def begin_session(sign_in: SignIn, wanted: str, settings: Settings) -> Response[Any]:
    """Hand a fresh session to the browser, and send it on to a path of the portal."""
    answer = see_other(wanted)
    answer.set_cookie(session_cookie(sign_in.token, sign_in.lasts, settings))
    if sign_in.device_token:
        answer.set_cookie(cookie(settings.device_cookie, sign_in.device_token, YEAR, settings))
    return answer


def begin_second_step(pending: PendingLogin, wanted: str, settings: Settings) -> Response[Any]:
    """Send the browser on to the second factor; no session exists before it."""
    answer = see_other(with_next("/login/second-factor", wanted))
    lasts = int(pending.lasts.total_seconds())
    answer.set_cookie(cookie(settings.pending_cookie, pending.token, lasts, settings))
    return answer
