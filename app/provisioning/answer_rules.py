"""A person as SCIM shows them, whole or in part (RFC 7644, section 3.9)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.provisioning.error_rules import ScimError, ScimType, invalid_value
from app.provisioning.person_rules import USER, Document, plain, version_of
from app.web.i18n import gettext as _

ALWAYS = frozenset({"schemas", "id"})
LONGEST_LIST = 2000


@dataclass(frozen=True)
class Managed:
    """A person whom a provider manages.

    Attributes:
        person: what the provider says of them; `active` only where it says something of that.
        disabled_by: who disabled the account, if it is disabled.
    """

    id: UUID
    user: UUID
    person: Document
    created_at: datetime
    changed_at: datetime
    disabled_by: str | None

    def shown(self, base: str) -> Document:
        """Return the person as SCIM shows them, with their version."""
        person = {**self.person}
        if "active" in person:
            person["active"] = self.disabled_by is None
        shown = {"schemas": [USER], "id": str(self.id), **person}
        meta = {
            "resourceType": "User",
            "created": _moment(self.created_at),
            "lastModified": _moment(self.changed_at),
            "location": f"{base}/Users/{self.id}",
            "version": version_of(shown),
        }
        return {**shown, "meta": meta}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Part:
    """Which attributes an answer is to have.

    Attributes:
        only: these; None for all.
        without: all but these.
    """

    only: frozenset[str] | None
    without: frozenset[str]

    def of(self, shown: Document) -> Document:
        """Return that part of a resource; `schemas` and `id` always stay."""
        found: Document = {}
        for name, value in shown.items():
            kept = self._kept(name.lower(), value)
            if name in ALWAYS:
                found[name] = value
            elif kept is not None:
                found[name] = kept
        return found

    def _kept(self, name: str, value: Any) -> Any:
        if self.only is not None:
            parts = {each.partition(".")[2] for each in self.only if each.startswith(f"{name}.")}
            if name in self.only:
                return value
            return _parts(value, lambda key: key in parts) if parts else None
        parts = {each.partition(".")[2] for each in self.without if each.startswith(f"{name}.")}
        if name in self.without:
            return None
        return _parts(value, lambda key: key not in parts) if parts else value


def _parts(value: Any, wanted: Any) -> Any:
    if isinstance(value, list):
        return [part for each in value if (part := _parts(each, wanted))] or None
    if not isinstance(value, dict):
        return None
    return {key: each for key, each in value.items() if wanted(key.lower())} or None


def read_part(attributes: object, excluded: object) -> Part:
    """Return which attributes are asked for.

    Raises:
        ScimError: both are named, or one is no list of names.
    """
    only, without = _names(attributes), _names(excluded)
    if only is not None and without is not None:
        detail = _("Send either “attributes” or “excludedAttributes”, not both.")
        raise ScimError(400, detail, ScimType.INVALID_SYNTAX)
    return Part(only, without or frozenset())


def _names(sent: object) -> frozenset[str] | None:
    if sent is None or sent in ("", []):
        return None
    names = sent.split(",") if isinstance(sent, str) else sent
    if not isinstance(names, list) or len(names) > LONGEST_LIST:
        raise invalid_value(_("“attributes” must be a list of names."))
    if not all(isinstance(each, str) for each in names):
        raise invalid_value(_("“attributes” must be a list of names."))
    return frozenset(plain(each.strip()) for each in names)


def read_count(name: str, sent: object, usual: int, least: int, most: int) -> int:
    """Return a number of a list within its bounds (RFC 7644, section 3.4.2.4).

    Raises:
        ScimError: it is no number.
    """
    if sent is None or sent == "":
        return usual
    text = str(sent) if isinstance(sent, int) and not isinstance(sent, bool) else sent
    digits = text.removeprefix("-") if isinstance(text, str) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise invalid_value(_("“%(name)s” must be a whole number.", name=name))
    return max(least, min(int(str(text)), most))
