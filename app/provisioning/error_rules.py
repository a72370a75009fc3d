"""Errors of SCIM (RFC 7644, section 3.12)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
MEDIA_TYPE = "application/scim+json"
# Beside each 401.
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="scim"'}


class ScimType(StrEnum):
    """What is wrong with a call, as RFC 7644 names it."""

    INVALID_FILTER = "invalidFilter"
    INVALID_PATH = "invalidPath"
    INVALID_SYNTAX = "invalidSyntax"
    INVALID_VALUE = "invalidValue"
    MUTABILITY = "mutability"
    NO_TARGET = "noTarget"
    TOO_MANY = "tooMany"
    UNIQUENESS = "uniqueness"


class ScimError(Exception):
    """A call gets an error for its answer.

    Attributes:
        detail: what is wrong, in the reader's language.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        scim_type: ScimType | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type = status, detail, scim_type
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the error as SCIM has it; the status is a text there."""
        body = {"schemas": [ERROR], "status": str(self.status), "detail": self.detail}
        return {**body, "scimType": self.scim_type.value} if self.scim_type else body


def invalid_value(detail: str) -> ScimError:
    """Return the error of a value that cannot be used."""
    return ScimError(400, detail, ScimType.INVALID_VALUE)
