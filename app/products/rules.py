"""How products are named and counted, and on which days they may be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.web.i18n import language, ngettext, number

PLURAL = 2


@dataclass(frozen=True, order=True)
class Term:
    """Calendar days on which something may be used, the first and the last included."""

    starts_on: date
    ends_on: date

    def overlap(self, other: "Term") -> "Term | None":
        """Return the days in both terms, or None if there are none."""
        starts_on = max(self.starts_on, other.starts_on)
        ends_on = min(self.ends_on, other.ends_on)
        return Term(starts_on, ends_on) if starts_on <= ends_on else None

    def has_ended(self, today: date) -> bool:
        """Return whether `today` lies after the last usable day."""
        return self.ends_on < today


UNITS = ("users", "servers", "cores")


class Named(Protocol):
    """Whatever has a product's names in both languages."""

    @property
    def name_ja(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def product_name(product: Named) -> str:
    """Return the product's name in the reader's language."""
    return product.name_ja if language.get() == "ja" else product.name_en


def product_name_in(row: Mapping[str, Any]) -> str:
    """Return the same, of a row with a product's `name_ja` and `name_en`."""
    name: str = row[f"name_{language.get()}"]
    return name


def unit_name(unit: str, quantity: int = PLURAL) -> str:
    """Return what is counted, in the reader's language; the plural where the word stands alone."""
    names = {
        "users": ngettext("user", "users", quantity),
        "servers": ngettext("server", "servers", quantity),
        "cores": ngettext("core", "cores", quantity),
    }
    return names[unit]


def count_of(quantity: int, unit: str) -> str:
    """Return a quantity with its unit, in the reader's language."""
    return f"{number(quantity)} {unit_name(unit, quantity)}"
