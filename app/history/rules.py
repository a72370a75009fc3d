"""What of a contract's history to show, and how an event is worded."""

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
from app.contracts.rules import ServiceRole
from app.environments.values import EnvironmentValues
from app.mail.rules import kind_name
from app.service_accounts.rules import role_name
from app.web.i18n import gettext as _
from app.web.i18n import pgettext
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

    event_type: str | None = None
    person: UUID | Group | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def query(self) -> dict[str, str]:
        """The filter as the fields of its form."""
        values = {
            "event_type": self.event_type,
            "person": self.person,
            "from": self.starts_on,
            "to": self.ends_on,
        }
        return {name: str(value) for name, value in values.items() if value is not None}


def provider_name(company: str) -> str:
    """Return how a company's identity provider is called where people are named too."""
    return _("Identity provider of %(company)s", company=company)


def person_name(id: UUID | None, name: str | None, *, staff: bool) -> str:
    """How a person is called in a history, in the reader's language.

    Args:
        name: None if the person withdrew; the id's last letters distinguish such people.
        staff: customers see that the vendor acted, not which employee.
    """
    if id is None:
        return _("The portal")
    if staff:
        return _("Vendor staff")
    return name or _("Former member %(mark)s", mark=str(id)[-NAME_LETTERS:])


def sentence(event_type: str, subject: str, details: Mapping[str, object]) -> str:
    """What was done, in the reader's language; an unknown event type is shown by its code."""
    shown = {name: _shown(event_type, name, value) for name, value in details.items()}
    values: defaultdict[str, object] = defaultdict(lambda: "–", shown)
    # The vendor's own connection belongs to no company.
    of_vendor = event_type.startswith("single-sign-on-")
    values["subject"] = subject or (_("Vendor staff") if of_vendor else _("(deleted)"))
    if role := details.get("role"):
        values["role"] = _("Owner") if role == "owner" else _("Member")
    return _(EVENT_TYPES.get(event_type, event_type.replace("%", "%%"))) % values


def _shown(event_type: str, name: str, value: object) -> object:
    """Return a detail as a sentence says it: in words, and days as everywhere."""
    match event_type, name, value:
        case "environment-change" | "brand-change", "changed", [*names]:
            labels = kinds(BrandValues if event_type == "brand-change" else EnvironmentValues)
            return ", ".join(labels[str(each)].name for each in names) or "–"
    if not isinstance(value, str):
        return value
    if words := WORDS.get((event_type, name)):
        return words(value)
    if name == "format":
        return value.upper()
    return value.replace("-", "/") if DAY.fullmatch(value) else value


def _report(code: str) -> str:
    names = {
        "products": _("Products"),
        "allocations": _("Allocations"),
        "activations": _("Activations"),
        "position": _("License position"),
    }
    return names.get(code, code)


def _list(name: str) -> str:
    names = {
        "contracts": pgettext("staff", "Contracts"),
        "users": _("Users"),
        "activations": _("Activations"),
        "license-keys": _("License keys"),
    }
    return names.get(name, name)


def _refusal(code: str) -> str:
    """Return why a file was refused, as the page said it that took the file."""
    try:
        return message_of(outcome_named(code), "…")
    except ValueError:
        return code


def event_type_name(event_type: str) -> str:
    """Return an event type without what it is about, for a list to choose from."""
    return _(EVENT_TYPES.get(event_type, event_type.replace("%", "%%"))) % defaultdict(lambda: "…")


def _service_role(code: str) -> str:
    return role_name(ServiceRole(code)) if code in set(ServiceRole) else code


WORDS = {
    ("service-account-creation", "service_role"): _service_role,
    ("activation-refusal", "code"): _refusal,
    ("report-export", "report"): _report,
    ("list-export", "list"): _list,
    ("mail-retry", "template"): kind_name,
    ("mail-discard", "template"): kind_name,
}
"""What tells a detail that is a code, by the event type and the detail's name."""
