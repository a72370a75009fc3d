"""Reading forms: every field is looked at, and all errors are told at once."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.requests import FormData

SHORT_TEXT = 200


def normalised(text: str) -> str:
    """NFKC without surrounding space: full-width codes, digits and addresses become plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


@dataclass
class Fields:
    """A sent form being read.

    Attributes:
        data: what was sent; templates show it again beside the errors.
        errors: field name → message in the reader's language, in the order of reading.
    """

    data: FormData
    errors: dict[str, str] = field(default_factory=dict)

    def text(
        self, name: str, label: str, *, maximum: int = SHORT_TEXT, required: bool = True
    ) -> str:
        """A line as the person wrote it (names are never normalised), without outer space."""
        value = self.data.get(name).strip()
        return self._checked(name, label, value, maximum, required=required)

    def code(self, name: str, label: str, *, maximum: int = SHORT_TEXT) -> str:
        """A code, mail address or search word: NFKC, without outer space."""
        value = normalised(self.data.get(name))
        return self._checked(name, label, value, maximum, required=True)

    def secret(self, name: str, label: str, *, maximum: int = 1024) -> str:
        """A password, as it is typed."""
        value = self.data.get(name)
        if not value:
            self.errors[name] = _("Enter %(label)s.", label=label)
        elif len(value) > maximum:
            self.errors[name] = _("%(label)s is too long.", label=label)
        return value

    def whole_number(
        self, name: str, label: str, *, minimum: int, maximum: int, empty: int | None = None
    ) -> int:
        """A whole number; full-width digits and thousands separators are accepted.

        Args:
            empty: what an empty field means; None makes the field required.
        """
        value = normalised(self.data.get(name)).replace(",", "")
        if not value and empty is not None:
            return empty
        if not value:
            self.errors[name] = _("Enter %(label)s.", label=label)
        elif not (value.isascii() and value.isdigit()) or len(value) > 12:
            self.errors[name] = _("Enter %(label)s as a whole number, such as 10.", label=label)
        elif not minimum <= int(value) <= maximum:
            self.errors[name] = _(
                "Enter %(label)s between %(minimum)s and %(maximum)s.",
                label=label,
                minimum=number(minimum),
                maximum=number(maximum),
            )
        else:
            return int(value)
        return minimum

    def choice(self, name: str, label: str, choices: Collection[str]) -> str:
        """One of the offered values; an empty value only where it is offered."""
        value = self.data.get(name)
        if value not in choices:
            self.errors[name] = _("Choose %(label)s from the list.", label=label)
        return value

    def ticked(self, name: str) -> bool:
        """Whether a check box was ticked."""
        return bool(self.data.get(name))

    def _checked(self, name: str, label: str, value: str, maximum: int, *, required: bool) -> str:
        if required and not value:
            self.errors[name] = _("Enter %(label)s.", label=label)
        elif len(value) > maximum:
            self.errors[name] = _(
                "%(label)s may have at most %(maximum)s characters; this has %(length)s.",
                label=label,
                maximum=number(maximum),
                length=number(len(value)),
            )
        elif any(unicodedata.category(c) in {"Cc", "Cs"} for c in value):
            self.errors[name] = _("%(label)s holds a character that cannot be used.", label=label)
        return value
