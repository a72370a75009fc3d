"""The forms with a password: registering, and changing the password."""

from dataclasses import dataclass

from app.accounts.passwords import weakness
from app.people.values import RegistrationValues
from app.web.forms import Fields, read_number
from app.web.i18n import gettext as _
from app.web.requests import FormData
from app.web.texts import normalised
from app.web.values import SentForm, read_values


def read_registration(
    data: FormData, own_words: list[str], terms: int | None
) -> tuple[SentForm[RegistrationValues], str]:
    """Read a new person's account, and the password, which is no value of its form.

    Args:
        own_words: what makes a password easy to guess, besides name and code.
        terms: the newest version of the terms of use, if there are any.
    """
    form = read_values(RegistrationValues, data, {})
    fields = Fields(data, form.errors)
    password = fields.secret("password", _("Password"))
    own_words = [form.values.code, form.values.name, *own_words]
    if "password" not in fields.errors and (reason := weakness(password, own_words)):
        fields.errors["password"] = _(reason)
    if not fields.ticked("agree"):
        fields.errors["agree"] = _("Read the terms of use and select the checkbox to continue.")
    if terms is not None and read_number(normalised(data.get("version"))) != terms:
        fields.errors["agree"] = _("The terms of use have changed. Read them again.")
    return form, password


@dataclass(frozen=True)
class PasswordForm:
    """The current password, and a new one, twice.

    Takes: current: secret; password: secret; again: secret
    Rules: both the same; ≥ 15 characters, with a second factor ≥ 8; zxcvbn's score ≥ 3, with
      the person's and the portal's own words
    """

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
        again = fields.secret("again", _("Confirm new password"))
        if "password" not in fields.errors and (
            reason := weakness(password, own_words, second_factor=second_factor)
        ):
            fields.errors["password"] = _(reason)
        elif "again" not in fields.errors and password != again:
            fields.errors["again"] = _("The two passwords do not match.")
        return cls(current, password, fields.errors)
