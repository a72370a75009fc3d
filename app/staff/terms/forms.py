"""The form of a new version of the terms of use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.staff.contracts.forms import typed
from app.staff.list_forms import read_revision
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData

LONGEST_TEXT = 60_000


@dataclass(frozen=True)
class TermsForm:
    """Both texts.

    Attributes:
        payload: `revision` is the version that was the newest when the form was made.
        preview: whether the texts are only to be shown as they will look.
    """

    NAMES = ("body_ja", "body_en", "revision")

    payload: dict[str, Any]
    preview: bool
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "TermsForm":
        """Read what was sent."""
        fields = Fields(data)
        payload = {
            "body_ja": fields.lines("body_ja", _("Japanese text"), maximum=LONGEST_TEXT),
            "body_en": fields.lines("body_en", _("English text"), maximum=LONGEST_TEXT),
            "revision": read_revision(data),
        }
        return cls(payload, fields.ticked("preview"), typed(data, cls.NAMES), fields.errors)
