"""What a provider says of a person, as SCIM has it: how it is read, shown and compared.

Names of attributes are compared without their case (RFC 7643, section 2.1). Attributes that the
portal does not keep are left out, so a provider may send all that it has.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from app.characters import invisible_characters
from app.provisioning.error_rules import ScimError, ScimType, invalid_value
from app.web.i18n import gettext as _
from app.web.texts import as_line, normalised

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
Document = dict[str, Any]

LONGEST_TEXT = 255
MOST_EMAILS = 20
# As they are written in answers, by their names in small letters.
TEXTS = {"username": "userName", "externalid": "externalId", "displayname": "displayName"}
NAME_PARTS = {"formatted": "formatted", "familyname": "familyName", "givenname": "givenName"}
EMAIL_PARTS = {"value": "value", "type": "type", "primary": "primary"}
ATTRIBUTES = {**TEXTS, "name": "name", "emails": "emails", "active": "active"}
NOT_WRITABLE = frozenset({"id", "meta"})


def read_person(body: object) -> Document:
    """Return what the body of a call says of a person: known attributes that have a value.

    Raises:
        ScimError: it is no object, has no userName, or a value cannot be used.
    """
    if not isinstance(body, dict):
        raise ScimError(400, _("The body must be a JSON object."), ScimType.INVALID_SYNTAX)
    found: Document = {}
    for key, value in body.items():
        name = ATTRIBUTES.get(plain(key))
        if name and (read := read_attribute(name, value)) is not None:
            found[name] = read
    return checked(found)


def checked(person: Document) -> Document:
    """Return a person who has all that the portal requires.

    Raises:
        ScimError: the person has no userName.
    """
    if "userName" not in person:
        raise invalid_value(_("“userName” is missing."))
    return person


def plain(name: str) -> str:
    """Return the name of an attribute to compare: without its schema, in small letters."""
    lower = name.lower()
    return lower.removeprefix(f"{USER.lower()}:")


def read_attribute(name: str, value: object) -> Any:
    """Return the value of an attribute; None where it has none.

    Raises:
        ScimError: it cannot be used.
    """
    if value is None:
        return None
    if name == "active":
        return read_flag(name, value)
    if name == "name":
        return _read_parts(name, value, NAME_PARTS) or None
    if name == "emails":
        return read_emails(value)
    return read_text(name, value)


def read_text(name: str, value: object) -> str | None:
    """Return a text of one line; None where it is empty.

    Raises:
        ScimError: the value is not a text, is too long, or has invisible characters.
    """
    if not isinstance(value, str):
        raise invalid_value(_("“%(name)s” must be a string.", name=name))
    text = as_line(value)
    if len(text) > LONGEST_TEXT or invisible_characters(text):
        raise invalid_value(_("“%(name)s” is too long or has invisible characters.", name=name))
    return text or None


def read_flag(name: str, value: object) -> bool:
    """Return whether something is so; Entra ID sends “True” and “False” as texts.

    Raises:
        ScimError: it says neither.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise invalid_value(_("“%(name)s” must be true or false.", name=name))


def _read_parts(name: str, value: object, parts: Mapping[str, str]) -> Document:
    if not isinstance(value, dict):
        raise invalid_value(_("“%(name)s” must be a JSON object.", name=name))
    found: Document = {}
    for key, each in value.items():
        part = parts.get(plain(key).removeprefix(f"{name.lower()}."))
        if part is None or each is None:
            continue
        place = f"{name}.{part}"
        read = read_flag(place, each) if part == "primary" else read_text(place, each)
        if read is not None:
            found[part] = read
    return found


def read_emails(value: object) -> list[Document] | None:
    """Return the addresses of a person; None where there are none.

    Raises:
        ScimError: one has no value, two are primary, or there are too many.
    """
    listed = value if isinstance(value, list) else [value]
    emails = [_read_parts("emails", each, EMAIL_PARTS) for each in listed]
    if any("value" not in email for email in emails):
        raise invalid_value(_("An entry of “emails” has no value."))
    if sum(email.get("primary", False) for email in emails) > 1:
        raise invalid_value(_("Only one entry of “emails” can be primary."))
    if len(emails) > MOST_EMAILS:
        raise invalid_value(_("“emails” has too many entries."))
    return emails or None


def address_of(person: Document) -> str:
    """Return the address of a person: primary, of work, any, or else the userName."""
    emails = person.get("emails", [])
    ranked = sorted(
        emails, key=lambda e: (not e.get("primary"), e.get("type", "").lower() != "work")
    )
    text: str = ranked[0]["value"] if ranked else person["userName"]
    return normalised(text).lower()


def name_of(person: Document) -> str:
    """Return the name of a person as people read it; empty where the provider has none."""
    name = person.get("name", {})
    parts = f"{name.get('familyName', '')} {name.get('givenName', '')}".strip()
    shown: str = person.get("displayName") or name.get("formatted") or parts
    return shown


def version_of(shown: Mapping[str, Any]) -> str:
    """Return the version of a person as shown: another one after each change."""
    digest = hashlib.sha256(msgspec.json.encode(shown, order="deterministic")).hexdigest()
    return f'W/"{digest[:20]}"'
