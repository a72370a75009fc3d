"""The filter of the audit log, from the address."""

from dataclasses import dataclass

from app.audit.event_types import EVENT_TYPES
from app.staff.audit.queries import AuditFilter
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData
from app.web.texts import normalised

LONGEST_NUMBER = 40


@dataclass(frozen=True)
class AuditForm:
    """The filter as it was sent.

    Attributes:
        typed: the fields as they are shown again.

    Takes: from, to: day, may be empty; person, contract: up to 40 characters; event_type: offered
    Rules: to not before from
    """

    wanted: AuditFilter
    typed: dict[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "AuditForm":
        """Read the filter; an event type that is not offered counts as none."""
        fields = Fields(data)
        starts_on = fields.day("from", _("the first day"), required=False)
        ends_on = fields.day("to", _("the last day"), required=False)
        fields.check_order("to", starts_on, ends_on)
        event_type = data.get("event_type")
        wanted = AuditFilter(
            person=normalised(data.get("person")).lower()[:LONGEST_NUMBER],
            event_type=event_type if event_type in EVENT_TYPES else "",
            contract=normalised(data.get("contract"))[:LONGEST_NUMBER],
            starts_on=starts_on,
            ends_on=ends_on,
        )
        typed = {name: data.get(name)[:20] for name in ("from", "to")}
        empty = {"person": "", "event_type": "", "contract": ""}
        return cls(wanted, {**empty, **wanted.query, **typed}, fields.errors)
