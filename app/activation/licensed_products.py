"""The products of an activation: how many of each an environment may use, and in which term."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import days
from app.products.rules import Term


class Unit(StrEnum):
    """What a product's count counts."""

    USERS = "users"
    SERVERS = "servers"
    CORES = "cores"


@dataclass(frozen=True)
class LicensedProduct:
    """A count of one entitlement, as allocated to an environment or as issued to it."""

    entitlement: UUID
    code: str
    name_ja: str
    name_en: str
    unit: Unit
    quantity: int
    term: Term

    def claim(self) -> dict[str, Any]:
        """The entry of the activation file's `products`."""
        return {
            "code": self.code,
            "name": {"ja": self.name_ja, "en": self.name_en},
            "unit": self.unit.value,
            "quantity": self.quantity,
            "not_before": self.term.starts_on.isoformat(),
            "not_after": self.term.ends_on.isoformat(),
        }


def issued_products(
    allocated: Iterable[LicensedProduct], contract: Term, today: date
) -> tuple[LicensedProduct, ...]:
    """What may be issued on `today`: allocated, not ended, each for contract ∩ entitlement.

    The terms in `allocated` are the entitlements'. A term that has not begun is issued, to
    prepare a system. Ordered by code, then term: equal allocations make equal files.
    """
    found = []
    for product in allocated:
        term = product.term.overlap(contract)
        if product.quantity > 0 and term is not None and not term.has_ended(today):
            found.append(replace(product, term=term))
    return tuple(sorted(found, key=lambda each: (each.code, each.term, each.entitlement)))


def expiry(products: Sequence[LicensedProduct], time_zone: ZoneInfo) -> datetime:
    """The instant after the last usable day of what ends last, in the contract's zone.

    Raises `ValueError` for no products and `OverflowError` where they end on the calendar's last.
    """
    last_day = max(product.term.ends_on for product in products)
    return days.end_of(last_day, time_zone.key)
