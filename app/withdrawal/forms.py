"""The two forms of 退会."""

from dataclasses import dataclass

from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData
from app.withdrawal.rules import Reason

LONGEST_NOTE = 1000
NO_CHOICE = ""


@dataclass(frozen=True)
class AgreementForm:
    """The tick below what will happen.

    Takes: agree: tick, has to be set
    """

    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "AgreementForm":
        """Read what was sent."""
        fields = Fields(data)
        if not fields.ticked("agree"):
            fields.errors["agree"] = _("Read what will happen and select the checkbox to continue.")
        return cls(fields.errors)


@dataclass(frozen=True)
class WithdrawalForm:
    """Why, as far as the person likes to say, and the password.

    Attributes:
        chosen: the chosen reason's code as typed, for the form that is shown again.

    Takes: reason: choice, may be empty; note: lines of up to 1,000, may be empty; password:
      secret
    Rules: one of reason and note; never the last owner of a running contract, nor the last
      administrator
    """

    reason: Reason | None
    note: str
    password: str
    chosen: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "WithdrawalForm":
        """Read what was sent: a reason is chosen or written, or both."""
        fields = Fields(data)
        codes = [reason.value for reason in Reason]
        chosen = fields.choice("reason", _("Reason"), [NO_CHOICE, *codes])
        note = fields.lines(
            "note", _("Reason in your own words"), maximum=LONGEST_NOTE, required=False
        )
        if not chosen and not note:
            fields.errors["reason"] = _("Choose a reason, or write one.")
        password = fields.secret("password", _("Password"))
        reason = Reason(chosen) if chosen in codes else None
        return cls(reason, note, password, chosen, fields.errors)
