"""The forms of second factors, and of proving who one is."""

from dataclasses import dataclass

from app.accounts.factors.rules import (
    CODE_DIGITS,
    EARLIER_RECOVERY_LENGTH,
    RECOVERY_LENGTH,
    Answer,
    Way,
    chosen_way,
    plain_recovery_code,
)
from app.accounts.rules import local_path
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData

LONGEST_NAME = 60


def _app_code(fields: Fields) -> str:
    """A code in the form that apps show: six digits, often with a space in the middle."""
    code = fields.code("code", _("Verification code")).replace(" ", "")
    if "code" not in fields.errors and not (
        code.isascii() and code.isdigit() and len(code) == CODE_DIGITS
    ):
        fields.errors["code"] = _("Enter the six-digit code that the app shows.")
    return code


def _recovery_code(fields: Fields) -> str:
    code = fields.code("code", _("Recovery code"))
    lengths = {RECOVERY_LENGTH, EARLIER_RECOVERY_LENGTH}
    if "code" not in fields.errors and len(plain_recovery_code(code)) not in lengths:
        fields.errors["code"] = _(
            "Enter a recovery code of 28 letters and digits, or 24 if it is an older code."
        )
    return code


def _passkey_answer(fields: Fields, name: str = "credential") -> str:
    text = fields.data.get(name)
    if not text:
        fields.errors["passkey"] = _("The browser sent no passkey. Try again.")
    return text


@dataclass(frozen=True)
class AnswerForm:
    """What proves who the person is, and where to go afterwards.

    Takes: way: one that the person has; code: 6 digits, or 28 (earlier 24) letters and
      digits; passkey: the browser's JSON, checked by webauthn; password: secret
    Rules: each code once
    """

    answer: Answer
    next: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, offered: list[Way]) -> "AnswerForm":
        """Read what was sent; nothing of it is shown again.

        Args:
            offered: the ways that this person has.
        """
        fields = Fields(data)
        way = chosen_way(offered, data.get("way"))
        match way:
            case Way.APP:
                text = _app_code(fields)
            case Way.RECOVERY:
                text = _recovery_code(fields)
            case Way.PASSKEY:
                text = _passkey_answer(fields)
            case Way.PASSWORD:
                text = fields.secret("password", _("Password"))
        return cls(Answer(way, text), local_path(data.get("next")), fields.errors)


@dataclass(frozen=True)
class AppForm:
    """The first code of an authenticator app.

    Takes: code: 6 digits
    Rules: belongs to the app that is being set up
    """

    code: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "AppForm":
        """Read what was sent."""
        fields = Fields(data)
        return cls(_app_code(fields), fields.errors)


@dataclass(frozen=True)
class PasskeyForm:
    """What the person calls a passkey, and what the browser made.

    Takes: name: line of up to 60; credential: the browser's JSON
    Rules: at most 20 passkeys
    """

    name: str
    credential: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "PasskeyForm":
        """Read what was sent."""
        fields = Fields(data)
        name = fields.text("name", _("Name of the passkey"), maximum=LONGEST_NAME)
        return cls(name, _passkey_answer(fields), fields.errors)
