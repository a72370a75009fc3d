"""What the staff enter about people's accounts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from app.staff.rules import StaffRole
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Address, Code, Language, Line, Option
from app.web.values import Values

LONGEST_NAME = 100
LONGEST_REASON = 500
USER_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True, kw_only=True)
class UserCode(Code):
    """A code to log in with, in small letters."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a user code."""
        code = super().read(fields, name, offered).lower()
        if name not in fields.errors and not USER_CODE.fullmatch(code):
            fields.errors[name] = _(
                "Make the user code of 3 to 40 letters, digits, dots, hyphens or underscores."
            )
        return code

    def rule(self) -> str:
        """Name the kind and its characters."""
        return "user code: 3 to 40 of `a-z0-9._-`, the first one of `a-z0-9`"


class StaffValues(Values, frozen=True):
    """A new account of the staff.

    Rules: code and address nobody's yet
    """

    code: Annotated[str, UserCode(label=N_("User code"))] = ""
    name: Annotated[str, Line(label=N_("User name"), maximum=LONGEST_NAME)] = ""
    email: Annotated[str, Address(label=N_("E-mail address"))] = ""
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
            hint=N_("It is kept in the audit log."),
        ),
    ] = ""


class RoleValues(Values, frozen=True):
    """Another staff role.

    Rules: an administrator stays
    """

    role: Annotated[StaffRole, Option(label=N_("Staff role"), of=StaffRole)]
