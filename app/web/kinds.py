"""The kinds of fields: how each is read from a form, shown in it again, and told before 決定."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from app.web.forms import Fields
from app.web.i18n import LANGUAGE_NAMES, N_, day, number
from app.web.i18n import gettext as _
from app.web.requests import FormData


@dataclass(frozen=True, kw_only=True)
class Kind(ABC):
    """How a field is read, shown and told.

    Attributes:
        label: message id of its name.
        required: whether it may stay empty.
        hint: message id of what helps to fill it in.
        autocomplete: what a browser may fill in, as HTML names it.
        wide: whether it is drawn as wide as the page allows.
        recorded: whether the audit log may keep the value.
    """

    label: str
    required: bool = True
    hint: str = ""
    wide: bool = False
    autocomplete: str = "off"
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
        """Return a value as a confirm page tells it."""
        return self.show(value) or _("None")

    @abstractmethod
    def rule(self) -> str:
        """Return what may be entered, in English, for the documents."""


@dataclass(frozen=True, kw_only=True)
class Line(Kind):
    """A text of one line, as it is written."""

    maximum: int = 200

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a line."""
        return fields.text(name, self.name, maximum=self.maximum, required=self.required)

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"line of up to {self.maximum}"


@dataclass(frozen=True, kw_only=True)
class Lines(Kind):
    """A text of several lines, as it is written.

    Attributes:
        rows: how many lines of it are seen at once.
        language: the code of the language it is written in, where that is given.
    """

    maximum: int
    rows: int = 4
    language: str = ""
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
        """Tell how long it is."""
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
        empty: what an empty field means; None where it has to be filled in.
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
        """Tell it with thousands separators."""
        return number(value)

    def rule(self) -> str:
        """Name the kind and its bounds."""
        return f"number from {self.minimum:,} to {self.maximum:,}"


@dataclass(frozen=True, kw_only=True)
class Day(Kind):
    """A calendar date."""

    hint: str = N_("Such as 2027/03/31.")

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> date | None:
        """Read a date; a wrong one is None."""
        return fields.day(name, self.name, required=self.required)

    def show(self, value: Any) -> str:
        """Show it as the portal writes dates."""
        return day(value) if value else ""

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
        """Tell it in a word."""
        return _("Yes") if value else _("No")

    def rule(self) -> str:
        """Name the kind."""
        return "tick"


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of the values that the form offers this person now."""

    control: ClassVar[str] = "select"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str | UUID | None:
        """Read one of the offered values; an empty one where the field is optional."""
        return fields.choice(
            name, self.name, offered.keys() if self.required else {"", *offered.keys()}
        )

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Tell what the person chose, in the words of the form."""
        return offered.get(self.show(value)) or _("None")

    def rule(self) -> str:
        """Name the kind."""
        return "choice"


@dataclass(frozen=True, kw_only=True)
class Thing(Choice):
    """One of the things that the form offers, by its id; None where nothing is chosen."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> UUID | None:
        """Read the id of an offered thing."""
        chosen = super().read(fields, name, offered)
        return UUID(str(chosen)) if chosen and name not in fields.errors else None


@dataclass(frozen=True, kw_only=True)
class Option(Choice):
    """One of a closed set, as far as the form offers it; None where it offers nothing."""

    of: type[StrEnum]

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> StrEnum | None:
        """Read a member of the set."""
        chosen = super().read(fields, name, offered) if offered else None
        return self.of(str(chosen)) if chosen and name not in fields.errors else None


@dataclass(frozen=True, kw_only=True)
class Several(Kind):
    """Any of the values that the form offers, each with a check box.

    Attributes:
        missing: message id for a choice that will not do.
    """

    missing: str
    control: ClassVar[str] = "ticks"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> list[Any]:
        """Read the ticked values, in their order."""
        chosen = sorted(set(fields.data.all(name)))
        if (self.required and not chosen) or not offered.keys() >= set(chosen):
            fields.errors[name] = _(self.missing)
        return [value for value in chosen if value in offered]

    def typed(self, data: FormData, name: str) -> str:
        """Return the ticked values."""
        return self.show(data.all(name))

    def show(self, value: Any) -> str:
        """Show the values, with spaces between."""
        return " ".join(map(str, value or ()))

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Tell the chosen ones in the words and the order of the form."""
        chosen = self.show(value).split()
        return ", ".join(text for each, text in offered.items() if each in chosen) or _("None")

    def rule(self) -> str:
        """Name the kind."""
        return "one or more choices" if self.required else "any number of choices"


@dataclass(frozen=True, kw_only=True)
class Things(Several):
    """Some of the things that the form offers, by their ids."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> list[UUID]:
        """Read the ids of the ticked things."""
        return [UUID(id) for id in super().read(fields, name, offered)]


@dataclass(frozen=True, kw_only=True)
class Language(Choice):
    """One of the portal's languages, each named in itself."""

    of_languages: ClassVar[bool] = True

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a language's code."""
        return fields.choice(name, self.name, LANGUAGE_NAMES)

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Tell a language by its own name."""
        return LANGUAGE_NAMES[value]
