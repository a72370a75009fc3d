"""What the staff enter about people's accounts."""

from typing import Annotated

from app.accounts.values import LONGEST_NAME, UserCode
from app.staff.rules import StaffRole
from app.web.choice_kinds import Language, Option
from app.web.i18n import N_
from app.web.kinds import Address, Line
from app.web.values import Values

LONGEST_REASON = 500


class StaffValues(Values, frozen=True):
    """A new account of the staff.

    Rules: code and address not taken yet
    """

    code: Annotated[str, UserCode(label=N_("User code"))] = ""
    name: Annotated[str, Line(label=N_("User name"), maximum=LONGEST_NAME)] = ""
    email: Annotated[str, Address(label=N_("Email address"))] = ""
    role: Annotated[StaffRole, Option(label=N_("Staff role"), of=StaffRole)] = StaffRole.VIEWER
    language: Annotated[str, Language(label=N_("Language"))] = "ja"


class ReasonValues(Values, frozen=True):
    """Why something is done to an account.

    Rules: asked for disabling it and for removing its second factors
    """

    reason: Annotated[
        str,
        Line(
            label=N_("Reason for the change"),
            maximum=LONGEST_REASON,
            hint=N_("The reason is recorded in the audit log."),
        ),
    ] = ""


class RoleValues(Values, frozen=True):
    """Another staff role.

    Rules: an administrator stays
    """

    role: Annotated[StaffRole, Option(label=N_("Staff role"), of=StaffRole)]
