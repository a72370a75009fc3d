"""Error pages, for plain requests and for htmx, with the request id that finds the log line."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, NotFoundException
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_408_REQUEST_TIMEOUT,
    HTTP_410_GONE,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_429_TOO_MANY_REQUESTS,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from app.database import NOT_NOW
from app.database.quotas import QuotaFull
from app.storage import StorageError
from app.web.http.asgi import Send
from app.web.i18n import N_, ngettext
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, header, is_fragment, is_own_address, place_of
from app.web.scope_keys import LOG_FIELDS, REQUEST_ID
from app.web.templates import render

# The database or the store cannot do it now; nothing was changed, and the next try may do better.
unavailable_errors = (*NOT_NOW, StorageError)

# What one person, contract or link may have is used up: a trigger or the audit log says so.
quota_errors = (asyncpg.ProgramLimitExceededError, QuotaFull)

MESSAGES = {
    HTTP_400_BAD_REQUEST: (
        N_("The portal cannot read this request"),
        N_("Go back, reload the page and try again."),
    ),
    HTTP_403_FORBIDDEN: (
        N_("This request came from another site"),
        N_(
            "For your safety, nothing was changed. Open the page in the portal and try again there."
        ),
    ),
    HTTP_404_NOT_FOUND: (
        N_("Page not found"),
        N_("The page does not exist, or you have no access to it. Check the address."),
    ),
    HTTP_405_METHOD_NOT_ALLOWED: (
        N_("This action is not available at this address"),
        N_("Open the page from the site map."),
    ),
    HTTP_408_REQUEST_TIMEOUT: (
        N_("The form was not received completely"),
        N_(
            "The connection was too slow or was interrupted. Nothing was changed. Send the form"
            " again."
        ),
    ),
    HTTP_410_GONE: (
        N_("This form is out of date"),
        N_(
            "The portal was updated after you opened the form. Nothing was changed. Open the"
            " form again and enter your changes again."
        ),
    ),
    HTTP_413_REQUEST_ENTITY_TOO_LARGE: (
        N_("The data you sent is too large"),
        N_(
            "The file or text that you sent is larger than the portal accepts. Check it and try"
            " again."
        ),
    ),
    HTTP_429_TOO_MANY_REQUESTS: (
        N_("Too many attempts"),
        N_("Wait a moment, then try again."),
    ),
    HTTP_503_SERVICE_UNAVAILABLE: (
        N_("The portal is busy"),
        N_(
            "Wait a moment, then reload the page. If you sent a form, it is sent again, but a"
            " confirmed change is made only once."
        ),
    ),
}
# What the log calls them: a client tries what the portal's own pages do not.
REFUSALS = {
    HTTP_400_BAD_REQUEST: "broken",
    HTTP_403_FORBIDDEN: "cross-site",
    HTTP_404_NOT_FOUND: "not-found",
    HTTP_405_METHOD_NOT_ALLOWED: "method",
    HTTP_413_REQUEST_ENTITY_TOO_LARGE: "too-large",
    HTTP_429_TOO_MANY_REQUESTS: "too-many-attempts",
}
NOT_POSSIBLE_NOW = (
    N_("You can no longer do this"),
    N_(
        "Nothing was changed. What you were about to confirm has been changed or removed, or you"
        " no longer have access to it. Open its page to see how it is now."
    ),
)
LIMIT_REACHED = (
    N_("Limit reached"),
    N_("Nothing was saved. Remove something that you no longer need, or contact us."),
)
UNEXPECTED = (
    N_("Something went wrong"),
    N_(
        "Nothing was changed. Try again. If the problem continues, contact us with the number"
        " below."
    ),
)

log = structlog.get_logger()


def error_body(
    scope: Mapping[str, Any],
    status: int,
    advice: str = "",
    messages: tuple[str, str] | None = None,
    form: str = "",
) -> str:
    """The error page for a status, in the language of the request.

    Args:
        form: where the form is that was sent, if the page leads back to it.
    """
    title, usual_advice = messages or MESSAGES.get(status, UNEXPECTED)
    return render(
        "error.html",
        fragment=is_fragment(scope),
        viewer=scope.get("user"),
        done=None,
        url=scope["path"],
        path=scope["path"],
        status=status,
        heading=_(title),
        advice=advice or _(usual_advice),
        request_id=REQUEST_ID.read(scope),
        form=form,
        with_file=header(scope, b"content-type").startswith("multipart/form-data"),
    )


def error_page(
    request: PageRequest, status: int, advice: str = "", **headers: str
) -> Response[str]:
    """Answer with the error page for a status."""
    _note_refusal(request.scope, status)
    return Response(
        error_body(request.scope, status, advice),
        status_code=status,
        media_type=MediaType.HTML,
        headers=headers,
    )


def _note_refusal(scope: Mapping[str, Any], status: int) -> None:
    """Have the request's line in the log say what was refused, and to whom: an id, no name."""
    fields = LOG_FIELDS.read(scope)
    if fields is not None and (reason := REFUSALS.get(status)):
        fields["refused"] = reason
        if user := scope.get("user"):
            fields["user"] = str(user.id)


def wait_message(wait: timedelta) -> str:
    """Say when to try again, in the reader's language."""
    return ngettext("Try again in %(n)s second.", "Try again in %(n)s seconds.", _seconds(wait))


def sign_in_wait_message(wait: timedelta) -> str:
    """Say why a sign-in has to wait, whether the account exists or not, and when to try again."""
    return _(
        "There were too many attempts for this account or from this network. %(wait)s",
        wait=wait_message(wait),
    )


def _seconds(wait: timedelta) -> int:
    return int(wait.total_seconds()) + 1


def too_many_attempts(
    request: PageRequest, wait: timedelta, form: Response[Any] | None = None
) -> Response[Any]:
    """Answer 429 and say when to try again.

    Args:
        form: the form's page with `wait_message` at a field, so that what was typed is kept.
    """
    status = HTTP_429_TOO_MANY_REQUESTS
    retry = {"Retry-After": str(_seconds(wait))}
    if form is None:
        return error_page(request, status, wait_message(wait), **retry)
    _note_refusal(request.scope, status)
    form.status_code = status
    form.headers.update(retry)
    return form


def quota_advice(request: Request[Any, Any, Any], exception: Exception) -> str:
    """The message id of what to do where a quota is full; empty where it has none."""
    if isinstance(exception, QuotaFull):
        return exception.advice
    constraint = getattr(exception, "constraint_name", "")
    advice: str = request.app.state.quota_advice.get(constraint, "")
    return advice


def handle_quota_full(request: PageRequest, exception: Exception) -> Response[str]:
    """A person, contract or link has as much as the portal keeps of it; nothing was changed."""
    _note_refusal(request.scope, HTTP_429_TOO_MANY_REQUESTS)
    advice = quota_advice(request, exception)
    return Response(
        error_body(
            request.scope,
            HTTP_429_TOO_MANY_REQUESTS,
            _(advice) if advice else "",
            LIMIT_REACHED,
            _form_of(request),
        ),
        status_code=HTTP_429_TOO_MANY_REQUESTS,
        media_type=MediaType.HTML,
    )


def _form_of(request: PageRequest) -> str:
    """Return the page whose form was sent, with its draft where it has one; else nothing."""
    address = header(request.scope, b"hx-current-url") or header(request.scope, b"referer")
    if not is_own_address(request.scope, address, request.app.state.settings.origin):
        return ""
    place = place_of(address)
    # A browser takes what follows two slashes for another host.
    return "" if place.startswith("//") else place


def handle_not_possible_now(request: PageRequest, exception: NotFoundException) -> Response[str]:
    """What a confirmation is about is gone, or the person's access to it."""
    status = exception.status_code
    _note_refusal(request.scope, status)
    return Response(
        error_body(request.scope, status, messages=NOT_POSSIBLE_NOW),
        status_code=status,
        media_type=MediaType.HTML,
    )


def handle_http_exception(request: PageRequest, exception: HTTPException) -> Response[str]:
    """Litestar's own refusals: not found, wrong method, broken request."""
    return error_page(request, exception.status_code, **(exception.headers or {}))


def handle_unavailable(request: PageRequest, exception: Exception) -> Response[str]:
    """The database or the file store does not answer."""
    kind = "storage" if isinstance(exception, StorageError) else "database"
    log.warning(
        f"{kind}-unavailable",
        error=type(exception).__name__,
        sqlstate=getattr(exception, "sqlstate", None),
    )
    return error_page(request, HTTP_503_SERVICE_UNAVAILABLE, **{"Retry-After": "5"})


def handle_unexpected(request: PageRequest, exception: Exception) -> Response[str]:
    """A defect: logged with its trace, answered with the number that finds it."""
    log.error("defect", exc_info=exception)
    return error_page(request, HTTP_500_INTERNAL_SERVER_ERROR)


async def send_unavailable(scope: Mapping[str, Any], send: Send) -> None:
    """Answer 503 before the application was reached."""
    body = error_body(scope, HTTP_503_SERVICE_UNAVAILABLE).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"retry-after", b"5")]
    status = HTTP_503_SERVICE_UNAVAILABLE
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
