"""The part of SCIM's filters that the portal takes: `eq`, and `and` between (RFC 7644, 3.4.2.2)."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec

from app.provisioning.error_rules import ScimError, ScimType
from app.provisioning.person_rules import plain
from app.web.i18n import gettext as _

LONGEST_FILTER = 1000
_TEXT = r'"(?:[^"\\]|\\.)*"'
_INNER = rf'[^\]"]*(?:{_TEXT}[^\]"]*)*'
COMPARISON = re.compile(
    rf"\s*(?P<name>(?:urn:[\w:.\-]+:)?[a-z$][\w$.-]*)(?:\[(?P<inner>{_INNER})\])?"
    rf"(?P<part>\.[a-z]+)?(?:\s+eq\s+(?P<value>{_TEXT}|true|false))?\s*",
    re.IGNORECASE | re.ASCII,
)
AND = re.compile(r"and\s+", re.IGNORECASE)
Value = str | bool


@dataclass(frozen=True)
class Wanted:
    """Whom a list is to show: people who have all these values.

    Attributes:
        no_one: two values contradict each other.
    """

    user_name: str | None = None
    external_id: str | None = None
    id: UUID | None = None
    email: str | None = None
    email_type: str | None = None
    no_one: bool = False


def read_filter(text: str) -> Wanted:
    """Return whom a filter means.

    Raises:
        ScimError: the portal takes no such filter.
    """
    wanted = Wanted()
    for name, value in read_comparisons(text):
        wanted = _narrowed(wanted, name, value)
    return wanted


def read_comparisons(text: str) -> list[tuple[str, Value]]:
    """Return names of attributes and the values that they have to equal.

    Raises:
        ScimError: the portal takes no such filter.
    """
    if len(text) > LONGEST_FILTER:
        raise _refused()
    found: list[tuple[str, Value]] = []
    at = 0
    while True:
        match = COMPARISON.match(text, at)
        if match is None:
            raise _refused()
        found += _of_match(match)
        at = match.end()
        if at == len(text):
            return found
        joined = AND.match(text, at)
        if joined is None:
            raise _refused()
        at = joined.end()


def _of_match(match: re.Match[str]) -> list[tuple[str, Value]]:
    name = plain(match["name"])
    if match["inner"] is None:
        if match["value"] is None or match["part"]:
            raise _refused()
        return [(name, _literal(match["value"]))]
    inside = [(f"{name}.{inner}", value) for inner, value in read_comparisons(match["inner"])]
    if (match["part"] is None) != (match["value"] is None):
        raise _refused()
    if match["part"] is None:
        return inside
    return [*inside, (name + match["part"].lower(), _literal(match["value"]))]


def _literal(text: str) -> Value:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    try:
        return msgspec.json.decode(text, type=str)
    except msgspec.MsgspecError:
        raise _refused() from None


def _narrowed(wanted: Wanted, name: str, value: Value) -> Wanted:
    fields = {
        "username": "user_name",
        "externalid": "external_id",
        "id": "id",
        "emails": "email",
        "emails.value": "email",
        "emails.type": "email_type",
    }
    field = fields.get(name)
    if field is None or not isinstance(value, str) or "\0" in value:
        raise _refused()
    meant: Any = value
    if field == "id":
        try:
            meant = UUID(value)
        except ValueError:
            return replace(wanted, no_one=True)
    if getattr(wanted, field) not in {None, meant}:
        return replace(wanted, no_one=True)
    return replace(wanted, **{field: meant})


def _refused() -> ScimError:
    return ScimError(
        400,
        _(
            "This filter is not supported. Use userName, externalId, id or emails.value with “eq”,"
            " joined by “and”."
        ),
        ScimType.INVALID_FILTER,
    )
