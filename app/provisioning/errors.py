"""Answers of SCIM to what went wrong: always an error of SCIM, never a page."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from app.provisioning.error_rules import MEDIA_TYPE, ScimError, ScimType
from app.web.calls import finish_answer, methods_of, set_language
from app.web.errors import quota_advice
from app.web.i18n import N_
from app.web.i18n import gettext as _

log = structlog.get_logger()
ScimRequest = Request[Any, Any, Any]
DETAILS = {
    HTTPStatus.NOT_FOUND: N_("There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("This address does not take this method."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_(
        "The body of the request is larger than this call takes."
    ),
    HTTPStatus.REQUEST_TIMEOUT: N_("The request was not received completely. Send it again."),
}
UNREADABLE = N_("The portal cannot read this request.")


def handle_error(request: ScimRequest, error: ScimError) -> Response[bytes]:
    """Answer an error that the code of SCIM named."""
    return Response(
        msgspec.json.encode(error.body()),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=error.headers,
    )


def handle_http_exception(request: ScimRequest, exception: HTTPException) -> Response[bytes]:
    """Answer what Litestar refuses, such as an unknown address or a body too large."""
    # An unknown address is answered before the guard has set the language.
    set_language(request.scope)
    status = HTTPStatus(exception.status_code)
    headers = {}
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = methods_of(request.app, request.scope["path"])
    kind = ScimType.INVALID_SYNTAX if status is HTTPStatus.BAD_REQUEST else None
    detail = _(DETAILS.get(status, UNREADABLE))
    return handle_error(request, ScimError(status, detail, kind, headers))


def handle_unavailable(request: ScimRequest, exception: Exception) -> Response[bytes]:
    """Answer that the database is away."""
    log.warning("scim-unavailable", error=type(exception).__name__)
    detail = _("Nothing was changed. Try again in a few seconds.")
    return handle_error(request, ScimError(503, detail, headers={"Retry-After": "5"}))


def handle_quota_full(request: ScimRequest, exception: Exception) -> Response[bytes]:
    """Answer that the connection has as much as the portal keeps of it."""
    advice = quota_advice(request, exception)
    detail = _(advice) if advice else _("A limit is reached. Nothing was saved.")
    return handle_error(request, ScimError(429, detail, headers={"Retry-After": "3600"}))


def handle_unexpected(request: ScimRequest, exception: Exception) -> Response[bytes]:
    """Answer a defect, which is logged with its trace."""
    log.error("defect", exc_info=exception)
    return handle_error(request, ScimError(500, _("Nothing was changed. Try again later.")))


async def finish(message: Message, scope: Scope) -> None:
    """Add to the head of every answer what all of them say."""
    finish_answer(message, scope, {})
