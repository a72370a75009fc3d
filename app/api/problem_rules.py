"""Errors of the API as RFC 9457 has them, each with a code that stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from app.web.i18n import N_

MEDIA_TYPE = "application/problem+json"


class Code(StrEnum):
    """Every code that the API itself answers; those of refused changes are the acts'."""

    TOKEN_MISSING = "token-missing"  # noqa: S105 - codes of errors, no tokens
    WRONG_CREDENTIAL = "wrong-credential"
    TOKEN_MANGLED = "token-mangled"  # noqa: S105
    TOKEN_UNKNOWN = "token-unknown"  # noqa: S105
    TOKEN_EXPIRED = "token-expired"  # noqa: S105
    TOKEN_REVOKED = "token-revoked"  # noqa: S105
    OTHER_TOKEN_KIND = "other-token-kind"  # noqa: S105
    ROLE_INSUFFICIENT = "role-insufficient"
    SCOPE_MISSING = "scope-missing"
    CONTRACT_ENDED = "contract-ended"
    PROOF_REQUIRED = "proof-required"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    MALFORMED = "malformed-request"
    INVALID_PARAMETER = "invalid-parameter"
    INVALID_VALUE = "invalid-value"
    CURSOR_GONE = "cursor-gone"
    TOO_LARGE = "too-large"
    TIMEOUT = "request-timeout"
    WRONG_MEDIA_TYPE = "wrong-media-type"
    VERSION_MISSING = "if-match-missing"
    VERSION_CONFLICT = "version-conflict"
    TOO_MANY = "too-many"
    NOT_OFFERED = "not-offered"
    KEY_REUSED = "idempotency-key-reused"
    RATE_LIMITED = "rate-limited"
    LIMIT_REACHED = "limit-reached"
    INTERNAL = "internal-error"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Kind:
    """The status of a code, and what it means, as a message id."""

    status: int
    detail: str


KINDS: Mapping[Code, Kind] = {
    Code.TOKEN_MISSING: Kind(
        401, N_("Send the token of a service account: “Authorization: Bearer lp1_…”.")
    ),
    Code.WRONG_CREDENTIAL: Kind(401, N_("This is not the token of a service account.")),
    Code.TOKEN_MANGLED: Kind(
        401, N_("This token is incomplete or was changed. Copy the whole token.")
    ),
    Code.TOKEN_UNKNOWN: Kind(401, N_("This token is unknown.")),
    Code.TOKEN_EXPIRED: Kind(401, N_("This token has expired. Create a new one in the portal.")),
    Code.TOKEN_REVOKED: Kind(401, N_("This service account was revoked.")),
    Code.OTHER_TOKEN_KIND: Kind(403, N_("This call takes a token of another kind.")),
    Code.SCOPE_MISSING: Kind(403, N_("This service account does not have the scope of this call.")),
    Code.ROLE_INSUFFICIENT: Kind(
        403, N_("This service account may only read. This call takes the role “Operate”.")
    ),
    Code.CONTRACT_ENDED: Kind(403, N_("The contract has ended, so nothing can be changed.")),
    Code.PROOF_REQUIRED: Kind(
        403,
        N_("Only an owner can confirm this in the portal, because it moves to another machine."),
    ),
    Code.NOT_FOUND: Kind(404, N_("There is nothing at this address for this service account.")),
    Code.METHOD_NOT_ALLOWED: Kind(405, N_("This address does not take this method.")),
    Code.MALFORMED: Kind(400, N_("The portal cannot read this request.")),
    Code.INVALID_PARAMETER: Kind(400, N_("A parameter has a value that it does not take.")),
    Code.INVALID_VALUE: Kind(422, N_("A value cannot be used. “errors” says which.")),
    Code.CURSOR_GONE: Kind(
        410, N_("What the cursor points to was removed. Read the list again from its beginning.")
    ),
    Code.TOO_LARGE: Kind(413, N_("The body of the request is larger than this call takes.")),
    Code.TIMEOUT: Kind(408, N_("The request was not received completely. Send it again.")),
    Code.WRONG_MEDIA_TYPE: Kind(415, N_("This call takes another Content-Type.")),
    Code.VERSION_MISSING: Kind(
        428, N_("Send If-Match with the ETag of what you read, or “*” for any version.")
    ),
    Code.VERSION_CONFLICT: Kind(412, N_("This was changed since you read it. Read it again.")),
    Code.TOO_MANY: Kind(409, N_("More would be in use than is contracted. Nothing was changed.")),
    Code.NOT_OFFERED: Kind(422, N_("A product is not of this contract or has ended.")),
    Code.KEY_REUSED: Kind(
        422, N_("This idempotency key was sent before with another call. Use a new key.")
    ),
    Code.RATE_LIMITED: Kind(429, N_("Too many calls. Wait as long as Retry-After says.")),
    Code.LIMIT_REACHED: Kind(429, N_("A limit is reached. Nothing was saved.")),
    Code.INTERNAL: Kind(500, N_("Nothing was changed. Contact us with the request id.")),
    Code.UNAVAILABLE: Kind(503, N_("Nothing was changed. Try again in a few seconds.")),
}
# What acts refuse has codes of its own. Another change came first: a conflict. All else is in what
# was sent.
CONFLICTS = frozenset(
    {
        *("name-taken", "number-taken", "code-taken", "external-id-taken"),
        *("in-use", "counts-moved", "redeemed", "quote-moved", "contract-changed", "below-use"),
        *("settled", "upload-gone", "owner-there", "member", "invited"),
    }
)
# Nothing is wrong with what was sent.
NOT_NOW = frozenset({"no-signing-key"})


def refusal_status(code: str) -> int:
    """Return the status of a change that its act refused."""
    if code in NOT_NOW:
        return 503
    return 409 if code in CONFLICTS else 422


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one value."""

    pointer: Annotated[
        str, msgspec.Meta(description=N_("JSON Pointer to the value, or the parameter's name."))
    ]
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """An error (RFC 9457)."""

    type: Annotated[str, msgspec.Meta(description=N_("The address that explains the code."))]
    title: str
    status: int
    code: Annotated[str, msgspec.Meta(description=N_("Stays the same; decide by it."))]
    detail: Annotated[
        str, msgspec.Meta(description=N_("For people, in the language of Accept-Language."))
    ]
    request_id: Annotated[str, msgspec.Meta(description=N_("Name it when you contact us."))]
    errors: list[FieldProblem]


class ApiProblem(Exception):
    """A call gets an error for its answer.

    Attributes:
        detail: in place of what the code says; in the reader's language.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        code: Code | str,
        *,
        status: int = 0,
        detail: str = "",
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(code))
        self.code, self.detail, self.errors = str(code), detail, list(errors)
        self.status = status or KINDS[Code(code)].status
        self.headers = dict(headers or {})


def pointer_of(key: str) -> str:
    """Return the JSON Pointer of a place as msgspec and Litestar name it, such as `a[0].b`."""
    parts = key.replace("[", ".").replace("]", "").split(".")
    return "".join(f"/{part}" for part in parts if part and part != "$")


def of_fields(errors: Mapping[str, Any]) -> list[FieldProblem]:
    """Return the errors of a form, field → message, as problems of a body's members."""
    return [FieldProblem(f"/{name}", str(detail)) for name, detail in errors.items()]
