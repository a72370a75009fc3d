"""The forms with a password: registering, and changing one's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.passwords import weakness
from app.accounts.values import LONGEST_NAME
from app.web.forms import Fields, read_number
from app.web.i18n import gettext as _
from app.web.requests import FormData
from app.web.texts import normalised

USER_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class RegistrationForm:
    """A new person's account, and the tick under the terms of use."""

    name: str
    code: str
    password: str
    version: int
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, own_words: list[str]) -> "RegistrationForm":
        """Read what was sent.

        Args:
            own_words: what makes a password easy to guess, besides name and code.
        """
        fields = Fields(data)
        name = fields.text("name", _("User name"), maximum=LONGEST_NAME)
        code = fields.code("code", _("User code")).lower()
        if "code" not in fields.errors and not USER_CODE.fullmatch(code):
            fields.errors["code"] = _(
                "Make the user code of 3 to 40 letters, digits, dots, hyphens or underscores."
            )
        password = fields.secret("password", _("Password"))
        own_words = [code, name, *own_words]
        if "password" not in fields.errors and (reason := weakness(password, own_words)):
            fields.errors["password"] = _(reason)
        if not fields.ticked("agree"):
            fields.errors["agree"] = _("Read the terms of use and tick the box to go on.")
        return cls(
            name=name,
            code=code,
            password=password,
            version=read_number(normalised(data.get("version"))) or 0,
            typed={key: data.get(key) for key in ("name", "code")},
            errors=fields.errors,
        )


@dataclass(frozen=True)
class PasswordForm:
    """The password as it is, and a new one, twice."""

    current: str
    password: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, own_words: list[str], *, second_factor: bool) -> "PasswordForm":
        """Read what was sent.

        Args:
            own_words: words of the person's own that make a password easy to guess.
            second_factor: whether the person signs in with one.
        """
        fields = Fields(data)
        current = fields.secret("current", _("Current password"))
        password = fields.secret("password", _("New password"))
        again = fields.secret("again", _("New password again"))
        if "password" not in fields.errors and (
            reason := weakness(password, own_words, second_factor=second_factor)
        ):
            fields.errors["password"] = _(reason)
        elif "again" not in fields.errors and password != again:
            fields.errors["again"] = _("The two passwords are not the same.")
        return cls(current, password, fields.errors)
