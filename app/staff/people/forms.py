"""The forms of accounts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.staff.contracts.forms import LONGEST_NAME, LONGEST_REASON, typed
from app.staff.rules import StaffRole
from app.web.forms import Fields
from app.web.i18n import LANGUAGES
from app.web.i18n import gettext as _
from app.web.requests import FormData

USER_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class StaffForm:
    """A new account of the staff."""

    NAMES = ("code", "name", "email", "role", "language")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "StaffForm":
        """Read what was sent."""
        fields = Fields(data)
        code = fields.code("code", _("User code")).lower()
        if "code" not in fields.errors and not USER_CODE.fullmatch(code):
            fields.errors["code"] = _(
                "Make the user code of 3 to 40 letters, digits, dots, hyphens or underscores."
            )
        payload = {
            "code": code,
            "name": fields.text("name", _("User name"), maximum=LONGEST_NAME),
            "email": fields.mail_address("email", _("E-mail address")),
            "role": fields.choice("role", _("Staff role"), set(StaffRole)),
            "language": fields.choice("language", _("Language"), LANGUAGES),
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors)


@dataclass(frozen=True)
class ReasonForm:
    """Why something is done to an account."""

    reason: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, *, required: bool) -> "ReasonForm":
        """Read what was sent."""
        fields = Fields(data)
        reason = fields.text(
            "reason", _("Reason for the change"), maximum=LONGEST_REASON, required=required
        )
        return cls(reason, fields.errors)


@dataclass(frozen=True)
class RoleForm:
    """Another staff role, and the one that the form was made from."""

    role: str
    seen: str
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "RoleForm":
        """Read what was sent."""
        fields = Fields(data)
        role = fields.choice("role", _("Staff role"), set(StaffRole))
        seen = data.get("seen") if data.get("seen") in set(StaffRole) else role
        return cls(role, seen, fields.errors)
