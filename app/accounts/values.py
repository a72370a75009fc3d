"""What people enter about their own account. Passwords are no values: values are kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from app.web.choice_kinds import Language
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Address, Code, Line
from app.web.values import Values

LONGEST_NAME = 100
USER_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True, kw_only=True)
class UserCode(Code):
    """What a person signs in with, in small letters."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a user code."""
        code = super().read(fields, name, offered).lower()
        if name not in fields.errors and not USER_CODE.fullmatch(code):
            fields.errors[name] = _(
                "Enter a user code of 3 to 40 letters, digits, dots, hyphens or underscores."
            )
        return code

    def rule(self) -> str:
        """Name the kind and its bounds."""
        return "user code: 3 to 40 of a-z0-9._-, beginning with a letter or digit"


class ProfileValues(Values, frozen=True):
    """The person's name, as they write it, and the language they read."""

    name: Annotated[str, Line(label=N_("User name"), maximum=LONGEST_NAME, autocomplete="name")]
    language: Annotated[str, Language(label=N_("Language"))]


class EmailValues(Values, frozen=True):
    """A new mail address.

    Rules: not the address that it is now; changed by the mailed link only
    """

    email: Annotated[str, Address(label=N_("Email address"), autocomplete="email")]
