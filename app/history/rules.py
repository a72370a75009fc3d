"""What of a contract's history is wanted, and how an event is told."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.activation.wording import message_of, outcome_named
from app.audit.event_types import EVENT_TYPES
from app.brand.values import BrandValues
from app.environments.values import EnvironmentValues
from app.mail.rules import kind_name
from app.web.i18n import gettext as _
from app.web.values import kinds

NAME_LETTERS = 4
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Group(StrEnum):
    """Who acts without being one of the contract's people."""

    VENDOR = "vendor"
    PORTAL = "portal"


@dataclass(frozen=True)
class HistoryFilter:
    """What to show; None shows all.

    Attributes:
        starts_on, ends_on: first and last day in the contract's time zone, both included.
    """

    act: str | None = None
    person: UUID | Group | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def query(self) -> dict[str, str]:
        """The filter as the fields of its form."""
        values = {
            "act": self.act,
            "person": self.person,
            "from": self.starts_on,
            "to": self.ends_on,
        }
        return {name: str(value) for name, value in values.items() if value is not None}


def person_name(id: UUID | None, name: str | None, *, staff: bool) -> str:
    """How a person is called in a history, in the reader's language.

    Args:
        name: None where the person withdrew; the id's last letters tell such people apart.
        staff: customers see that the vendor acted, not which employee.
    """
    if id is None:
        return _("The portal")
    if staff:
        return _("Vendor's staff")
    return name or _("Former member %(mark)s", mark=str(id)[-NAME_LETTERS:])


def sentence(act: str, subject: str, details: Mapping[str, object]) -> str:
    """What was done, in the reader's language; an unknown act is told by its code."""
    shown = {name: _shown(act, name, value) for name, value in details.items()}
    values: defaultdict[str, object] = defaultdict(lambda: "–", shown)
    values["subject"] = subject or _("(deleted)")
    if role := details.get("role"):
        values["role"] = _("Owner") if role == "owner" else _("Member")
    return _(EVENT_TYPES.get(act, act.replace("%", "%%"))) % values


def _shown(act: str, name: str, value: object) -> object:
    """Return a detail as a sentence says it: in words, and days as everywhere."""
    match act, name, value:
        case "environment-change" | "brand-change", "changed", [*names]:
            labels = kinds(BrandValues if act == "brand-change" else EnvironmentValues)
            return ", ".join(labels[str(each)].name for each in names) or "–"
    if not isinstance(value, str):
        return value
    if words := WORDS.get((act, name)):
        return words(value)
    if name == "format":
        return value.upper()
    return value.replace("-", "/") if DAY.fullmatch(value) else value


def _report(code: str) -> str:
    names = {
        "products": _("Products"),
        "allocations": _("Allocations"),
        "activations": _("Activations"),
    }
    return names.get(code, code)


def _refusal(code: str) -> str:
    """Return why a file was refused, as the page said it that took the file."""
    try:
        return message_of(outcome_named(code), "…")
    except ValueError:
        return code


def act_name(act: str) -> str:
    """The act without what it was about, for a list to choose from."""
    return _(EVENT_TYPES.get(act, act.replace("%", "%%"))) % defaultdict(lambda: "…")


WORDS = {
    ("activation-refusal", "code"): _refusal,
    ("report-export", "report"): _report,
    ("mail-retry", "template"): kind_name,
    ("mail-discard", "template"): kind_name,
}
"""What tells a detail that is a code, by the event type and the detail's name."""
