"""Kinds of fields that offer something to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from app.web.forms import Fields
from app.web.i18n import LANGUAGE_NAMES
from app.web.i18n import gettext as _
from app.web.kinds import Kind
from app.web.requests import FormData


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
        """Return what the person chose, in the words of the form."""
        return offered.get(self.show(value)) or _("None")

    def rule(self) -> str:
        """Name the kind."""
        return "choice"


@dataclass(frozen=True, kw_only=True)
class Thing(Choice):
    """One of the things that the form offers, by its id; None if nothing is chosen."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> UUID | None:
        """Read the id of an offered thing."""
        chosen = super().read(fields, name, offered)
        return UUID(str(chosen)) if chosen and name not in fields.errors else None


@dataclass(frozen=True, kw_only=True)
class Option(Choice):
    """One of a closed set, as far as the form offers it; None if it offers nothing."""

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
        """Return the chosen ones in the words and the order of the form."""
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
        """Return a language by its own name."""
        return LANGUAGE_NAMES[value]
