"""Changes of a person by PATCH (RFC 7644, section 3.5.2), also as Entra ID and Okta send them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.provisioning.error_rules import ScimError, ScimType, invalid_value
from app.provisioning.filter_rules import read_comparisons
from app.provisioning.person_rules import (
    ATTRIBUTES,
    EMAIL_PARTS,
    NAME_PARTS,
    NOT_WRITABLE,
    USER,
    Document,
    checked,
    plain,
    read_attribute,
    read_emails,
)
from app.web.i18n import gettext as _

MOST_OPERATIONS = 100
LONGEST_PATH = 500
PATH = re.compile(r"(?P<name>[a-z$][\w$-]*)(?:\[(?P<filter>.*)\])?(?:\.(?P<part>[a-z$]\w*))?", re.I)
# Attributes of RFC 7643 that the portal does not keep: providers send them by default.
LEFT_OUT = frozenset(
    {
        *("nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone"),
        *("password", "phonenumbers", "ims", "photos", "addresses", "groups", "entitlements"),
        *("roles", "x509certificates", "schemas"),
    }
)


@dataclass(frozen=True)
class Operation:
    """One change: `add`, `replace` or `remove` of what a path names."""

    op: str
    path: str
    value: Any


def patched(person: Document, body: object) -> Document:
    """Return a person after all operations of a PATCH, or after none.

    Raises:
        ScimError: one of them cannot be done.
    """
    after = {**person}
    for operation in _operations(body):
        for each in _split(operation):
            after = _apply(after, each)
    return checked(after)


def _operations(body: object) -> list[Operation]:
    sent = _member(body, "operations")
    if not isinstance(sent, list) or not sent or len(sent) > MOST_OPERATIONS:
        raise ScimError(400, _("“Operations” is missing or too long."), ScimType.INVALID_SYNTAX)
    return [_operation(each) for each in sent]


def _member(body: object, name: str) -> Any:
    if not isinstance(body, dict):
        raise ScimError(400, _("The body must be a JSON object."), ScimType.INVALID_SYNTAX)
    return next((value for key, value in body.items() if key.lower() == name), None)


def _operation(sent: object) -> Operation:
    op, path = _member(sent, "op"), _member(sent, "path")
    kind = op.lower() if isinstance(op, str) else ""
    if kind not in {"add", "replace", "remove"}:
        raise ScimError(400, _("“op” must be add, replace or remove."), ScimType.INVALID_SYNTAX)
    if not isinstance(path, str | None) or len(path or "") > LONGEST_PATH:
        raise _invalid_path()
    if kind == "remove" and not path:
        raise ScimError(400, _("“remove” needs a path."), ScimType.NO_TARGET)
    return Operation(kind, path or "", _member(sent, "value"))


def _split(operation: Operation) -> list[Operation]:
    """Return an operation for each attribute where the value names several."""
    if operation.path and operation.path.lower() != USER.lower():
        return [operation]
    if not isinstance(operation.value, dict):
        raise invalid_value(_("An operation without a path needs a JSON object as its value."))
    return [Operation(operation.op, key, value) for key, value in operation.value.items()]


def _apply(person: Document, operation: Operation) -> Document:
    path = plain(operation.path)
    if path.startswith("urn:"):
        return person  # an extension, which the portal does not keep
    match = PATH.fullmatch(path)
    if match is None:
        raise _invalid_path()
    key, condition, part = match["name"], match["filter"], match["part"]
    if key in NOT_WRITABLE:
        detail = _("“%(name)s” cannot be changed.", name=key)
        raise ScimError(400, detail, ScimType.MUTABILITY)
    if key in LEFT_OUT:
        return person
    name = ATTRIBUTES.get(key)
    if name is None or (condition is not None and name != "emails"):
        raise _invalid_path()
    value: Any
    if name == "emails":
        # The filter keeps its case, which the plain path has lost.
        asked = operation.path[operation.path.find("[") + 1 : operation.path.rfind("]")]
        value = _emails(person.get("emails", []), operation, asked if condition else None, part)
    elif name == "name":
        value = _name(person.get("name", {}), operation, part)
    elif part is not None:
        raise _invalid_path()
    else:
        value = None if operation.op == "remove" else read_attribute(name, operation.value)
    return _with(person, name, value)


def _with(person: Document, name: str, value: Any) -> Document:
    rest = {key: each for key, each in person.items() if key != name}
    if value is None and name == "userName":
        detail = _("“userName” cannot be removed.")
        raise ScimError(400, detail, ScimType.MUTABILITY)
    return rest if value is None else {**rest, name: value}


def _name(present: Document, operation: Operation, part: str | None) -> Document | None:
    if part is None:
        if operation.op == "remove":
            return None
        return {**present, **(read_attribute("name", operation.value) or {})} or None
    if part not in NAME_PARTS:
        return present or None
    rest = {key: value for key, value in present.items() if key != NAME_PARTS[part]}
    if operation.op == "remove":
        return rest or None
    return {**rest, **(read_attribute("name", {part: operation.value}) or {})} or None


def _emails(
    present: list[Document], operation: Operation, condition: str | None, part: str | None
) -> list[Document] | None:
    if part is not None and part not in EMAIL_PARTS:
        return present or None
    if condition is None and part is None:
        return _whole_emails(present, operation)
    if condition is None:
        # Without a filter the path means the only address.
        if len(present) > 1:
            raise _invalid_path()
        fits: dict[str, Any] = {}
    else:
        fits = _condition(condition)
    meant = [email for email in present if _fits(email, fits)]
    others = [email for email in present if not _fits(email, fits)]
    if operation.op == "remove":
        return _without(meant, others, part)
    entry = operation.value if part is None else {part: operation.value}
    if not isinstance(entry, Mapping):
        raise invalid_value(_("“%(name)s” must be a JSON object.", name="emails"))
    changed = [{**email, **entry} for email in meant or [fits]]
    return _one_primary(others, read_emails(changed) or [])


def _without(
    meant: list[Document], others: list[Document], part: str | None
) -> list[Document] | None:
    if not meant:
        raise ScimError(400, _("No entry of “emails” fits this path."), ScimType.NO_TARGET)
    if part is None or part == "value":
        return others or None
    return [*others, *({k: v for k, v in email.items() if k != part} for email in meant)]


def _whole_emails(present: list[Document], operation: Operation) -> list[Document] | None:
    if operation.op == "remove" and operation.value is None:
        return None
    sent = read_emails(operation.value) if operation.value is not None else None
    named = {email["value"].lower() for email in sent or []}
    others = [email for email in present if email["value"].lower() not in named]
    if operation.op == "remove":
        return others or None
    return sent if operation.op == "replace" else _one_primary(others, sent or [])


def _one_primary(before: list[Document], added: list[Document]) -> list[Document] | None:
    """Return addresses of which one is primary: a new primary one takes the place of the other."""
    if any(email.get("primary") for email in added):
        before = [{**email, "primary": False} if "primary" in email else email for email in before]
    return read_emails([*before, *added]) if before or added else None


def _condition(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in read_comparisons(text):
        if key not in EMAIL_PARTS or (key == "primary") != isinstance(value, bool):
            raise _invalid_path()
        found[key] = value
    return found


def _fits(email: Document, wanted: Mapping[str, Any]) -> bool:
    return all(_same(email.get(key), value) for key, value in wanted.items())


def _same(kept: object, wanted: object) -> bool:
    if isinstance(kept, str) and isinstance(wanted, str):
        return kept.lower() == wanted.lower()
    return (kept or False) == wanted


def _invalid_path() -> ScimError:
    detail = _("“path” does not name an attribute that can be changed.")
    return ScimError(400, detail, ScimType.INVALID_PATH)
