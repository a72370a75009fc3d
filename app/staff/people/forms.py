"""The forms of accounts."""

from dataclasses import dataclass

from app.staff.people.values import LONGEST_REASON
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData


@dataclass(frozen=True)
class ReasonForm:
    """Why something is done to an account."""

    reason: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, *, required: bool) -> "ReasonForm":
        """Read what was sent."""
        fields = Fields(data)
        reason = fields.text(
            "reason", _("Reason for the change"), maximum=LONGEST_REASON, required=required
        )
        return cls(reason, fields.errors)
