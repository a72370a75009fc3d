"""Which problems each kind of call may answer, for the OpenAPI document."""

from collections.abc import Mapping

from litestar.openapi.datastructures import ResponseSpec

from app.api.problem_rules import MEDIA_TYPE, Problem

WORDS = {
    400: "The request cannot be read, or a parameter has a wrong value",
    401: "No token that counts",
    403: "The service account may not do this",
    404: "There is no such thing for this service account",
    408: "The request did not come completely",
    409: "It conflicts with what is there",
    410: "What the cursor points to was removed",
    412: "It was changed since it was read",
    413: "The body is too large",
    415: "The body has another Content-Type",
    422: "A value cannot be used",
    428: "If-Match is missing",
    429: "Too many calls, or a limit is reached",
    500: "A defect of the portal",
    503: "The portal cannot do it now",
}


def _problems(*statuses: int) -> Mapping[int, ResponseSpec]:
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=WORDS[status],
            media_type=MEDIA_TYPE,
        )
        for status in sorted({*statuses, 400, 401, 403, 429, 500, 503})
    }


READ = _problems(404)
LISTED = _problems(410)
LISTED_BELOW = _problems(404, 410)
CREATED = _problems(404, 408, 409, 413, 415, 422)
CHANGED = _problems(404, 408, 409, 412, 413, 415, 422, 428)
UPSERTED = _problems(404, 408, 409, 412, 413, 415, 422)
ENDED = _problems(404, 409, 412, 422, 428)
ISSUED = _problems(404, 408, 409, 413, 415, 422)
FETCHED = _problems(404)
