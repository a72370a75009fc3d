"""Answers of the API to what went wrong: always a problem (RFC 9457), never a page."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Message, Scope

from app.api.access import rate_headers
from app.api.problem_rules import (
    KINDS,
    MEDIA_TYPE,
    ApiProblem,
    Code,
    FieldProblem,
    Problem,
    pointer_of,
)
from app.web.calls import finish_answer, methods_of, set_language
from app.web.errors import quota_advice
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
        headers["Allow"] = methods_of(request.app, request.scope["path"])
    return answer_of(request.scope, ApiProblem(code, headers=headers))


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
    finish_answer(message, scope, rate_headers(scope))


def handle_unavailable(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer that the database or the file store is away."""
    log.warning("api-unavailable", error=type(exception).__name__)
    return answer_of(request.scope, ApiProblem(Code.UNAVAILABLE, headers={"Retry-After": "5"}))


def handle_quota_full(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer that the contract or the account has as much as the portal keeps of it."""
    advice = quota_advice(request, exception)
    problem = ApiProblem(
        Code.LIMIT_REACHED, detail=_(advice) if advice else "", headers={"Retry-After": "3600"}
    )
    return answer_of(request.scope, problem)


def handle_unexpected(request: ApiRequest, exception: Exception) -> Response[bytes]:
    """Answer a defect, which is logged with its trace."""
    log.error("defect", exc_info=exception)
    return answer_of(request.scope, ApiProblem(Code.INTERNAL))
