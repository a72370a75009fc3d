"""The form of a catalogue entry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.staff.contracts.forms import LONGEST_NAME, LONGEST_NUMBER, typed
from app.staff.list_forms import read_revision
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData

CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
UNITS = ("users", "servers", "cores")


@dataclass(frozen=True)
class ProductForm:
    """Code, names, unit and version."""

    NAMES = ("code", "name_ja", "name_en", "unit", "version", "revision")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "ProductForm":
        """Read what was sent."""
        fields = Fields(data)
        code = fields.code("code", _("Product code"), maximum=LONGEST_NUMBER).upper()
        if "code" not in fields.errors and not CODE.fullmatch(code):
            fields.errors["code"] = _("Make the code of letters, digits and hyphens.")
        payload = {
            "code": code,
            "name_ja": fields.text("name_ja", _("Japanese name"), maximum=LONGEST_NAME),
            "name_en": fields.text("name_en", _("English name"), maximum=LONGEST_NAME),
            "unit": fields.choice("unit", _("Unit"), UNITS),
            "version": fields.code("version", _("Version"), maximum=LONGEST_NUMBER),
            "revision": read_revision(data),
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors)
