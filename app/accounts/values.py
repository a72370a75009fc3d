"""What people enter about their own account. Passwords are no values: values are kept."""

from typing import Annotated

from app.web.i18n import N_
from app.web.kinds import Address, Language, Line
from app.web.values import Values

LONGEST_NAME = 100


class ProfileValues(Values, frozen=True):
    """The person's name, as they write it, and the language they read."""

    name: Annotated[str, Line(label=N_("User name"), maximum=LONGEST_NAME, autocomplete="name")]
    language: Annotated[str, Language(label=N_("Language"))]


class EmailValues(Values, frozen=True):
    """A new mail address."""

    email: Annotated[str, Address(label=N_("E-mail address"), autocomplete="email")]
