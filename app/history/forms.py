"""The filter of a contract's history, from the address."""

from dataclasses import dataclass
from uuid import UUID

from app.audit.event_types import EVENT_TYPES
from app.history.rules import Group, HistoryFilter
from app.web.forms import Fields, read_id
from app.web.i18n import gettext as _
from app.web.requests import FormData


@dataclass(frozen=True)
class HistoryForm:
    """The filter as it was sent.

    Takes: first and last day: day, may be empty; event type, person: offered values.

    Rules: the last day not before the first.

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
        starts_on = fields.day("from", _("the first day"), required=False)
        ends_on = fields.day("to", _("the last day"), required=False)
        fields.check_order("to", starts_on, ends_on)
        event_type = data.get("event_type")
        wanted = HistoryFilter(
            event_type if event_type in EVENT_TYPES else None,
            _person(data.get("person")),
            starts_on,
            ends_on,
        )
        typed = {name: data.get(name)[:20] for name in ("from", "to")}
        empty = {"event_type": "", "person": ""}
        return cls(wanted, {**empty, **typed, **wanted.query}, fields.errors)


def _person(value: str) -> UUID | Group | None:
    return Group(value) if value in set(Group) else read_id(value)
