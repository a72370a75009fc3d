"""The forms of a contract's people and of one's own account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.passwords import weakness
from app.contracts.rules import Role
from app.people.rules import MOST_AT_ONCE
from app.web.forms import Fields
from app.web.i18n import LANGUAGES, number
from app.web.i18n import gettext as _
from app.web.mail_addresses import ReadAddresses, read_addresses
from app.web.requests import FormData
from app.web.texts import normalised

LONGEST_NAME = 100
LONGEST_ADDRESSES = 20_000
USER_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class MembershipForm:
    """Role and notification of a person."""

    role: Role
    notification: bool
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, role_now: Role, *, may_change_role: bool) -> "MembershipForm":
        """Read what was sent; a role that may not be changed stays what it is."""
        fields = Fields(data)
        role = role_now
        if may_change_role:
            wanted = fields.choice("role", _("Role"), [r.value for r in Role])
            role = Role(wanted) if not fields.errors else role_now
        return cls(role, fields.ticked("notification"), fields.errors)


@dataclass(frozen=True)
class InvitationForm:
    """Mail addresses, and the language of the mails.

    Attributes:
        typed: the addresses as they were typed.
    """

    emails: list[str]
    language: str
    typed: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "InvitationForm":
        """Read what was sent; an address that comes twice is invited once."""
        fields = Fields(data)
        typed = fields.lines("emails", _("E-mail address"), maximum=LONGEST_ADDRESSES)
        language = fields.choice("language", _("Language"), LANGUAGES)
        read = read_addresses(typed)
        if "emails" not in fields.errors and (problem := _problem_of(read)):
            fields.errors["emails"] = problem
        return cls(read.addresses, language, data.get("emails"), fields.errors)


def _problem_of(read: ReadAddresses) -> str:
    given = len(read.addresses) + len(read.unclear)
    if not given:
        return _("Enter %(label)s.", label=_("E-mail address"))
    if given > MOST_AT_ONCE:
        return _(
            "At most %(most)s addresses can be invited at once; these are %(given)s.",
            most=number(MOST_AT_ONCE),
            given=number(given),
        )
    return " ".join(
        _("“%(address)s” is not a mail address.", address=text[:80]) for text in read.unclear
    )


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
        version = normalised(data.get("version"))
        if not fields.ticked("agree"):
            fields.errors["agree"] = _("Read the terms of use and tick the box to go on.")
        return cls(
            name=name,
            code=code,
            password=password,
            version=int(version) if re.fullmatch(r"[0-9]{1,6}", version) else 0,
            typed={key: data.get(key) for key in ("name", "code")},
            errors=fields.errors,
        )


@dataclass(frozen=True)
class ProfileForm:
    """The person's name, as they write it, and the language they read."""

    name: str
    language: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "ProfileForm":
        """Read what was sent."""
        fields = Fields(data)
        name = fields.text("name", _("User name"), maximum=LONGEST_NAME)
        language = fields.choice("language", _("Language"), LANGUAGES)
        return cls(name, language, fields.errors)


@dataclass(frozen=True)
class EmailForm:
    """A new mail address, and the password that proves who asks."""

    email: str
    password: str
    typed: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, email_now: str) -> "EmailForm":
        """Read what was sent."""
        fields = Fields(data)
        email = fields.mail_address("email", _("E-mail address"))
        if "email" not in fields.errors and email == email_now:
            fields.errors["email"] = _("This is the mail address that you have already.")
        password = fields.secret("password", _("Password"))
        return cls(email, password, data.get("email"), fields.errors)


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
