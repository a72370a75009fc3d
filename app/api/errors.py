"""Answers of the API to what went wrong: always a problem (RFC 9457), never a page."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope

from app.api.access import rate_headers, set_language
from app.api.problem_rules import (
    KINDS,
    MEDIA_TYPE,
    ApiProblem,
    Code,
    FieldProblem,
    Problem,
    pointer_of,
)
from app.database.quotas import QuotaFull
from app.web.i18n import gettext as _
from app.web.scope_keys import REQUEST_ID

log = structlog.get_logger()
ApiRequest = Request[Any, Any, Any]
BY_STATUS = {
    HTTPStatus.NOT_FOUND: Code.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: Code.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Code.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Code.WRONG_MEDIA_TYPE,
    HTTPStatus.REQUEST_TIMEOUT: Code.TIMEOUT,
}
# What every answer of the API says, errors too.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def answer_of(scope: Mapping[str, Any], problem: ApiProblem) -> Response[bytes]:
    """Return the answer that says a problem, with the request's id."""
    detail = problem.detail or _(KINDS[Code(problem.code)].detail)
    body = Problem(
        type=f"/api#{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        code=problem.code,
        detail=detail,
        request_id=REQUEST_ID.read(scope),
        errors=problem.errors,
    )
    return Response(
        msgspec.json.encode(body),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def handle_problem(request: ApiRequest, problem: ApiProblem) -> Response[bytes]:
    """Answer a problem that the code of the API named."""
    return answer_of(request.scope, problem)


def handle_http_exception(request: ApiRequest, exception: HTTPException) -> Response[bytes]:
    """Answer what Litestar or a domain refuses, such as an unknown address or a body too large."""
    # An unknown address is answered before the guard has set the language.
    set_language(request.scope)
    if isinstance(exception, ValidationException):
        return answer_of(request.scope, _of_validation(list(exception.extra or ())))
    code = BY_STATUS.get(HTTPStatus(exception.status_code), Code.MALFORMED)
    headers = {}
    if code is Code.METHOD_NOT_ALLOWED:
        headers["Allow"] = _methods(request.app, request.scope["path"])
    return answer_of(request.scope, ApiProblem(code, headers=headers))


def _methods(app: Litestar, path: str) -> str:
    """Return the methods that an address takes, as the header Allow names them."""
    path, found = path.rstrip("/"), set[str]()
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            pattern = re.sub(r"\{[a-z_]+\}", "[^/]+", route.path_format)
            if re.fullmatch(pattern, path):
                found |= set(route.methods)
    return ", ".join(sorted(found))


def _of_validation(extra: Sequence[Any]) -> ApiProblem:
    """Return what msgspec found wrong, with pointers into the body or names of parameters."""
    found = [each for each in extra if isinstance(each, Mapping)]
    of_body = [each for each in found if each.get("source") == "body" or not each.get("source")]
    errors = [
        FieldProblem(
            pointer_of(str(each.get("key", ""))) if each in of_body else str(each.get("key", "")),
            str(each.get("message", "")),
        )
        for each in found
    ]
    only_body = found and len(of_body) == len(found)
    return ApiProblem(Code.INVALID_VALUE if only_body else Code.INVALID_PARAMETER, errors=errors)


def handle_gone(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer that what a change is about has been removed or retired."""
    return answer_of(request.scope, ApiProblem(Code.NOT_FOUND))


def handle_changed(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer that another change came first."""
    return answer_of(request.scope, ApiProblem(Code.VERSION_CONFLICT))


async def finish(message: Message, scope: Scope) -> None:
    """Add to the head of every answer what all of them say."""
    if message["type"] != "http.response.start":
        return
    if scope.get("method") == "OPTIONS":
        # Litestar names the methods of one handler, where an address has several.
        allow = _methods(scope["litestar_app"], scope["path"]).encode()
        others = [pair for pair in message["headers"] if pair[0].lower() != b"allow"]
        message["headers"] = [*others, (b"allow", allow)]
    given = {key.lower() for key, _ in message["headers"]}
    told = (HEADERS | rate_headers(scope)).items()
    pairs = [(name.lower().encode(), value.encode()) for name, value in told]
    message["headers"] = [*message["headers"], *(p for p in pairs if p[0] not in given)]


def handle_unavailable(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer that the database or the file store is away."""
    log.warning("api-unavailable", error=type(exception).__name__)
    return answer_of(request.scope, ApiProblem(Code.UNAVAILABLE, headers={"Retry-After": "5"}))


def handle_quota_full(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer that the contract or the account has as much as the portal keeps of it."""
    if isinstance(exception, QuotaFull):
        advice = exception.advice
    else:
        advice = request.app.state.quota_advice.get(getattr(exception, "constraint_name", ""), "")
    problem = ApiProblem(
        Code.LIMIT_REACHED, detail=_(advice) if advice else "", headers={"Retry-After": "3600"}
    )
    return answer_of(request.scope, problem)


def handle_unexpected(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer a defect, which is logged with its trace."""
    log.error("defect", exc_info=exception)
    return answer_of(request.scope, ApiProblem(Code.INTERNAL))
