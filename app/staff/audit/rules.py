"""How the details of an event are shown: each by its name, a change with what was there before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.history.rules import WORDS
from app.web.i18n import N_, number
from app.web.i18n import gettext as _

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BEFORE = "_before"
# What people call each detail that stands in events. Others are ids, which say nothing to people:
# what they name is in the sentence. The export has them all.
NAMES = {
    "added": N_("Added"),
    "code": N_("Product code"),
    "count": N_("Events"),
    "counts_from": N_("Counts from"),
    "digest": N_("Chain head"),
    "effective_on": N_("Effective from"),
    "ends_on": N_("Last usable day"),
    "extended": N_("Products extended"),
    "file": N_("File"),
    "file_kept": N_("File kept"),
    "findings": N_("Problems"),
    "format": N_("Format"),
    "jumps": N_("Numbers skipped"),
    "kid": N_("Signing key"),
    "language": N_("Language"),
    "moved": N_("Move to another machine"),
    "name": N_("Name"),
    "name_en": N_("English name"),
    "name_ja": N_("Japanese name"),
    "number": N_("Number"),
    "quantity": N_("Quantity"),
    "reading": N_("Furigana"),
    "reason": N_("Reason for the change"),
    "report": N_("Report"),
    "role": N_("Role"),
    "seconds": N_("Seconds"),
    "second_kid": N_("Signing key (ML-DSA-65)"),
    "second_factor": N_("Two-step verification"),
    "seq": N_("Activation number"),
    "sessions": N_("Sessions"),
    "sort_key": N_("Sort key"),
    "starts_on": N_("First day"),
    "template": N_("Kind"),
    "unit": N_("Unit"),
    "version": N_("Version"),
    "waiting": N_("Not linked yet"),
}
ROLES = {
    "owner": N_("Owner"),
    "member": N_("Member"),
    "viewer": N_("Viewer"),
    "operator": N_("Operator"),
    "administrator": N_("Administrator"),
}
UNITS = {"users": N_("Users"), "servers": N_("Servers"), "cores": N_("Cores")}


@dataclass(frozen=True)
class Detail:
    """A detail of an event; `before` is None where it is not a change."""

    name: str
    before: str | None
    after: str


def read_details(event_type: str, details: Mapping[str, Any]) -> list[Detail]:
    """Return what an event's details say to people; unchanged values are left out.

    Args:
        details: where they have `before`, it is the fields before the change, or a name alone.
    """
    old = details.get("before")
    before = old if isinstance(old, dict) else {"name": old} if isinstance(old, str) else {}
    before |= {k.removesuffix(BEFORE): v for k, v in details.items() if k.endswith(BEFORE)}
    found = []
    for name, label in NAMES.items():
        if name not in details or details[name] is None:
            continue
        text = _text(event_type, name, details[name])
        was = _text(event_type, name, before[name]) if name in before else None
        if text and text != was:
            found.append(Detail(_label(event_type, name, label), was, text))
    return found


def _label(event_type: str, name: str, label: str) -> str:
    return _("Reason") if (event_type, name) == ("activation-refusal", "code") else _(label)


def _text(event_type: str, name: str, value: object) -> str:
    """Return a value in words; empty where it is an id."""
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case int():
            return number(value)
        case list():
            return ", ".join(filter(None, (_text(event_type, name, each) for each in value)))
        case str():
            return "" if ID.fullmatch(value) else _word(event_type, name, value)
        case _:
            return ""


def _word(event_type: str, name: str, value: str) -> str:
    if words := WORDS.get((event_type, name)):
        return words(value)
    if DAY.fullmatch(value):
        return value.replace("-", "/")
    known = {"role": ROLES, "unit": UNITS}.get(name, {})
    return _(known[value]) if value in known else value
