"""The forms of the way in."""

from dataclasses import dataclass

from app.accounts.passwords import weakness
from app.accounts.rules import local_path
from app.web.forms import Fields
from app.web.i18n import LANGUAGES
from app.web.i18n import gettext as _
from app.web.mail_addresses import read_address
from app.web.requests import FormData


def read_account(fields: Fields, name: str) -> str:
    """Return a user code as it was typed, or a mail address."""
    account = fields.code(name, _("User code or email address"))
    # A user code has no @.
    return read_address(account) if "@" in account else account


@dataclass(frozen=True)
class LoginForm:
    """User code, password, and where to go afterwards.

    Takes: user code: code, a user code, or an address as mail programs paste it; password: secret,
      which may stay empty for an address of a company with single sign-on
    """

    code: str
    password: str
    next: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "LoginForm":
        """Read what was sent; the user code is shown again as typed."""
        fields = Fields(data)
        return cls(
            code=read_account(fields, "code"),
            password=fields.secret("password", _("Password")),
            next=local_path(data.get("next")),
            errors=fields.errors,
        )


@dataclass(frozen=True)
class TermsForm:
    """The tick, and which version was on the page.

    Takes: version: hidden number; agree: tick, has to be set
    Rules: only the newest version is accepted
    """

    version: int
    next: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "TermsForm":
        """Read what was sent."""
        fields = Fields(data)
        version = fields.whole_number("version", _("Version"), minimum=1, maximum=10**6)
        # People do not type it: an unreadable value is no version, and so not the newest one.
        if fields.errors.pop("version", None):
            version = 0
        if not fields.ticked("agree"):
            fields.errors["agree"] = _("Read the terms of use and select the checkbox to continue.")
        return cls(version=version, next=local_path(data.get("next")), errors=fields.errors)


@dataclass(frozen=True)
class PasswordForm:
    """A new password, twice.

    Takes: password: secret; again: secret
    Rules: both the same; ≥ 15 characters, with a second factor ≥ 8; zxcvbn's score ≥ 3, with
      the person's and the portal's own words
    """

    password: str
    next: str
    errors: dict[str, str]

    @classmethod
    def read(
        cls, data: FormData, own_words: list[str], *, second_factor: bool = False
    ) -> "PasswordForm":
        """Read what was sent.

        Args:
            own_words: words of the person's own that make a password easy to guess.
            second_factor: whether the person signs in with one.
        """
        fields = Fields(data)
        password = fields.secret("password", _("New password"))
        again = fields.secret("again", _("Confirm new password"))
        if not fields.errors:
            if reason := weakness(password, own_words, second_factor=second_factor):
                fields.errors["password"] = _(reason)
            elif password != again:
                fields.errors["again"] = _("The two passwords do not match.")
        return cls(password=password, next=local_path(data.get("next")), errors=fields.errors)


@dataclass(frozen=True)
class ForgottenForm:
    """Whose password was forgotten: a user code or a mail address.

    Takes: account: code, a user code, or an address as mail programs paste it
    """

    account: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "ForgottenForm":
        """Read what was sent; it is shown again as typed."""
        fields = Fields(data)
        return cls(account=read_account(fields, "account"), errors=fields.errors)


@dataclass(frozen=True)
class LanguageForm:
    """The language to show, and the page to show again.

    Takes: language: choice of ja, en
    """

    language: str
    back: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "LanguageForm":
        """Read what was sent."""
        fields = Fields(data)
        return cls(
            language=fields.choice("language", _("Language"), LANGUAGES),
            back=local_path(data.get("back")),
            errors=fields.errors,
        )
