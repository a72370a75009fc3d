"""The forms of signing keys."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from app.activation.format.keysets import KEY_DAYS, MOST_DAYS
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData


@dataclass(frozen=True)
class RotationForm:
    """How long the new key is good, and which keys are good no more.

    Attributes:
        payload: JSON values of the act.
        typed: the fields as they are shown again.
    """

    payload: dict[str, Any]
    typed: dict[str, Any]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, kids: Collection[str]) -> "RotationForm":
        """Read what was sent.

        Args:
            kids: the keys that the keyset in force names.
        """
        fields = Fields(data)
        days = fields.whole_number(
            "days", _("Days that the key is good"), minimum=1, maximum=MOST_DAYS, empty=KEY_DAYS
        )
        dropped = sorted({kid for kid in data.all("dropped") if kid in kids})
        payload = {"days": days, "dropped": dropped, "seen": data.get("seen")[:60]}
        return cls(payload, {**payload, "days": data.get("days")}, fields.errors)
