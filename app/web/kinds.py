"""The kinds of fields: how each is read from a form, shown in it again, and stated before 決定."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from app.web.forms import Fields
from app.web.i18n import day, number
from app.web.i18n import gettext as _
from app.web.requests import FormData


@dataclass(frozen=True, kw_only=True)
class Kind(ABC):
    """How a field is read, shown and stated.

    Attributes:
        label: message id of its name.
        required: whether it may stay empty.
        hint: message id of what helps to fill it in.
        autocomplete: what a browser may fill in, as HTML names it.
        rows: how many lines of a long text are seen at once.
        language: the code of the language it is written in, where that is given.
        wide: whether it is drawn as wide as the page allows.
        recorded: whether the audit log may keep the value.
    """

    label: str
    required: bool = True
    hint: str = ""
    wide: bool = False
    autocomplete: str = "off"
    rows: int = 4
    language: str = ""
    control: ClassVar[str] = "text"
    type: ClassVar[str] = "text"
    inputmode: ClassVar[str] = ""
    recorded: ClassVar[bool] = True
    of_languages: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Return the label in the reader's language."""
        return _(self.label)

    @abstractmethod
    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> object:
        """Return the value that was sent; note an error in `fields`."""

    def typed(self, data: FormData, name: str) -> str:
        """Return what was sent, to be shown again."""
        return data.get(name)

    def show(self, value: Any) -> str:
        """Return a value as the form shows it."""
        return "" if value is None else str(value)

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Return a value as a confirm page states it."""
        return self.show(value) or _("None")

    @abstractmethod
    def rule(self) -> str:
        """Return what may be entered, in English, for the documents."""


@dataclass(frozen=True, kw_only=True)
class Line(Kind):
    """A text of one line."""

    maximum: int = 200

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a line."""
        return fields.text(name, self.name, maximum=self.maximum, required=self.required)

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"line of up to {self.maximum}"


@dataclass(frozen=True, kw_only=True)
class Lines(Kind):
    """A text of several lines."""

    maximum: int
    control: ClassVar[str] = "textarea"
    recorded: ClassVar[bool] = False

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read the lines."""
        return fields.lines(name, self.name, maximum=self.maximum, required=self.required)

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"lines of up to {self.maximum:,}"


@dataclass(frozen=True, kw_only=True)
class LongText(Lines):
    """Lines that are too many for a confirm page."""

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Return how long it is."""
        return _("%(n)s characters", n=number(len(value)))


@dataclass(frozen=True, kw_only=True)
class Code(Kind):
    """A code: NFKC, without outer space."""

    maximum: int = 200

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a code."""
        return fields.code(name, self.name, maximum=self.maximum)

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"code of up to {self.maximum}"


@dataclass(frozen=True, kw_only=True)
class Address(Kind):
    """A mail address."""

    type: ClassVar[str] = "email"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read an address; an empty one where the field is optional."""
        if not self.required and not fields.data.get(name).strip():
            return ""
        return fields.mail_address(name, self.name)

    def rule(self) -> str:
        """Name the kind."""
        return "address"


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A whole number.

    Attributes:
        empty: what an empty field means; None if it has to be filled in.
    """

    minimum: int = 0
    maximum: int
    empty: int | None = None
    inputmode: ClassVar[str] = "numeric"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> int:
        """Read a whole number."""
        return fields.whole_number(
            name, self.name, minimum=self.minimum, maximum=self.maximum, empty=self.empty
        )

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Return it with thousands separators."""
        return number(value)

    def rule(self) -> str:
        """Name the kind and its bounds."""
        return f"number from {self.minimum:,} to {self.maximum:,}"


@dataclass(frozen=True, kw_only=True)
class Day(Kind):
    """A calendar date."""

    type: ClassVar[str] = "date"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> date | None:
        """Read a date; a wrong one is None."""
        return fields.day(name, self.name, required=self.required)

    def typed(self, data: FormData, name: str) -> str:
        """Return what was sent, as a date field of a browser takes it where it is a date."""
        sent = data.get(name)
        found = Fields(data).day(name, "", required=False)
        return found.isoformat() if found else sent

    def show(self, value: Any) -> str:
        """Show it as a date field of a browser takes it."""
        return value.isoformat() if value else ""

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Return it as the portal writes dates."""
        return day(value) if value else _("None")

    def rule(self) -> str:
        """Name the kind."""
        return "day"


@dataclass(frozen=True, kw_only=True)
class LastDay(Day):
    """The last day of a term: not before its first one, which another field asks for."""

    first: str = "starts_on"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> date | None:
        """Read a date, and compare it with the first day."""
        last = super().read(fields, name, offered)
        first = Fields(fields.data).day(self.first, "", required=False)
        fields.check_order(name, first, last)
        return last


@dataclass(frozen=True, kw_only=True)
class Tick(Kind):
    """A check box."""

    required: bool = False
    control: ClassVar[str] = "tick"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> bool:
        """Read whether it is ticked."""
        return fields.ticked(name)

    def show(self, value: Any) -> str:
        """Show it ticked or not."""
        return "1" if value else ""

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Return it in a word."""
        return _("Yes") if value else _("No")

    def rule(self) -> str:
        """Name the kind."""
        return "tick"
