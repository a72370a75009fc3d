"""The filter of a contract's history, from the address."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.audit.acts import ACTS
from app.history.rules import Group, HistoryFilter
from app.web.forms import Fields, normalised
from app.web.i18n import gettext as _
from app.web.requests import FormData

FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True)
class HistoryForm:
    """The filter as it was sent.

    Attributes:
        wanted: what to show.
        typed: the fields as they are shown again.
        errors: field → message.
    """

    wanted: HistoryFilter
    typed: dict[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "HistoryForm":
        """Read the filter; a value that is not offered counts as none."""
        fields = Fields(data)
        starts_on = _day(fields, "from", _("the first day"))
        ends_on = _day(fields, "to", _("the last day"))
        if starts_on and ends_on and ends_on < starts_on:
            fields.errors["to"] = _("The last day is before the first day.")
        act = data.get("act")
        wanted = HistoryFilter(
            act if act in ACTS else None, _person(data.get("person")), starts_on, ends_on
        )
        typed = {name: data.get(name)[:20] for name in ("from", "to")}
        return cls(wanted, {"act": "", "person": "", **typed, **wanted.query}, fields.errors)


def _day(fields: Fields, name: str, label: str) -> date | None:
    """A date as browsers send it, or as people write it: 2027-03-31, 2027/3/31."""
    value = normalised(fields.data.get(name)).replace("/", "-")
    if not value:
        return None
    try:
        year, month, day = (int(part) for part in value.split("-"))
        if FIRST_YEAR <= year <= LAST_YEAR:
            return date(year, month, day)
    except ValueError:
        pass
    fields.errors[name] = _("Enter %(label)s as a date, such as 2027/03/31.", label=label)
    return None


def _person(value: str) -> UUID | Group | None:
    if value in set(Group):
        return Group(value)
    try:
        return UUID(value)
    except ValueError:
        return None
