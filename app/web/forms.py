"""Reading forms: every field is read, and all errors are reported at once."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.web.days import TimeOfDay, read_day
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.mail_addresses import LONGEST_ADDRESS, is_mail_address, read_address, read_addresses
from app.web.requests import FormData
from app.web.texts import DIRECTION_SIGNS, as_line, as_lines, can_be_seen, control_in, normalised

SHORT_TEXT = 200
# Microseconds and sequence numbers of activations have as many digits.
LONGEST_NUMBER = 16
FIRST_YEAR, LAST_YEAR = 2000, 2199
# 1,000 and 5.0 are whole numbers; programs write them so.
_NO_FRACTION = re.compile(r"(?<=\d)\.0+\Z")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(?![\d,])")


def plain_whole(text: str) -> str:
    """A whole number without thousands separators, and without a fraction of noughts (5.0)."""
    plain = normalised(text)
    # 1,00 and 1.000,00 are other numbers where a comma stands before the fraction.
    plain = plain.replace(",", "") if _THOUSANDS.match(plain) else plain
    return _NO_FRACTION.sub("", plain)


def read_id(text: str) -> UUID | None:
    """An id from an address or a hidden field, or None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_number(text: str) -> int | None:
    """A whole number of at most LONGEST_NUMBER plain digits, or None for anything else."""
    plain = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if plain else None


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
        """A line as the person wrote it, see `texts.as_line`: names are never made NFKC."""
        value = self._checked(name, label, as_line(self.data.get(name)), maximum, required=required)
        if value and name not in self.errors:
            self._check_visible(name, label, value)
        return value

    def lines(self, name: str, label: str, *, maximum: int, required: bool = True) -> str:
        """A text of several lines, as written; its breaks become the one kind that is kept."""
        return self._checked(
            name, label, as_lines(self.data.get(name)), maximum, required=required, breaks=True
        )

    def code(self, name: str, label: str, *, maximum: int = SHORT_TEXT) -> str:
        """A code, mail address or search word: NFKC, without outer space."""
        value = normalised(self.data.get(name))
        return self._checked(name, label, value, maximum, required=True)

    def mail_address(self, name: str, label: str) -> str:
        """One mail address, in lower case; what mail programs put around it is left out."""
        typed = self.data.get(name)
        value = self._checked(name, label, read_address(typed), LONGEST_ADDRESS, required=True)
        several = len(read_addresses(typed).addresses)
        if several > 1:
            self.errors[name] = _(
                "Enter only one address. You entered %(given)s.", given=number(several)
            )
        elif name not in self.errors and not is_mail_address(value):
            self.errors[name] = _(
                "Enter %(label)s in the format name@example.com. Use only letters, digits and"
                " common symbols.",
                label=label,
            )
        return value

    def secret(self, name: str, label: str, *, maximum: int = 1024) -> str:
        """A password, exactly as typed."""
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
        value = plain_whole(self.data.get(name))
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
            self.errors[name] = _("Select %(label)s from the list.", label=label)
        return value

    def day(self, name: str, label: str, *, required: bool = True) -> date | None:
        """A calendar date as browsers send it, or as people write it; see `read_day`.

        None if it is empty or wrong.
        """
        value = normalised(self.data.get(name))
        if not value and not required:
            return None
        try:
            day = read_day(value)
        except TimeOfDay:
            self.errors[name] = _(
                "Enter %(label)s as a date without a time, such as 2027/03/31.", label=label
            )
            return None
        if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        self.errors[name] = _("Enter %(label)s as a date, such as 2027/03/31.", label=label)
        return None

    def check_order(self, name: str, first: date | None, last: date | None) -> None:
        """Report at field `name` that the last day is before the first, if both are known."""
        if first and last and last < first:
            self.errors[name] = _("The last day is before the first day.")

    def ticked(self, name: str) -> bool:
        """Whether a check box was ticked."""
        return bool(self.data.get(name))

    def _check_visible(self, name: str, label: str, value: str) -> None:
        if not can_be_seen(value):
            self.errors[name] = _(
                "Enter letters, digits or symbols for %(label)s. What you entered contains"
                " only invisible characters.",
                label=label,
            )
        elif DIRECTION_SIGNS & set(value):
            self.errors[name] = _(
                "%(label)s contains an invisible character that changes the direction of the"
                " text. Remove it.",
                label=label,
            )

    def _checked(
        self,
        name: str,
        label: str,
        value: str,
        maximum: int,
        *,
        required: bool,
        breaks: bool = False,
    ) -> str:
        if required and not value:
            self.errors[name] = _("Enter %(label)s.", label=label)
        elif len(value) > maximum:
            self.errors[name] = _(
                "%(label)s must have no more than %(maximum)s characters. You entered %(length)s.",
                label=label,
                maximum=number(maximum),
                length=number(len(value)),
            )
        elif not breaks and ("\n" in value or "\r" in value):
            self.errors[name] = _("Enter %(label)s on one line.", label=label)
        elif control := control_in(value):
            self.errors[name] = _(
                "Character %(place)s of %(label)s is an invisible control character"
                " (U+%(code)s). Delete it.",
                label=label,
                place=number(value.index(control) + 1),
                code=f"{ord(control):04X}",
            )
        return value
