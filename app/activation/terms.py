"""What is issued: products with counts and terms, and how two such lists differ."""

from collections.abc import Iterable, Mapping, Sequence
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


class Change(StrEnum):
    """How a product differs from the last activation."""

    ADDED = "added"
    REMOVED = "removed"
    QUANTITY = "quantity"
    TERM = "term"


@dataclass(frozen=True)
class Difference:
    """One product's changes between two activations; `before` or `after` may be missing."""

    before: LicensedProduct | None
    after: LicensedProduct | None

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed, in the order of `Change`; empty where nothing did."""
        if self.before is None:
            return (Change.ADDED,)
        if self.after is None:
            return (Change.REMOVED,)
        found = (
            (Change.QUANTITY, self.before.quantity != self.after.quantity),
            (Change.TERM, self.before.term != self.after.term),
        )
        return tuple(change for change, applies in found if applies)


def issued_products(
    allocated: Iterable[LicensedProduct], contract: Term, today: date
) -> tuple[LicensedProduct, ...]:
    """What may be issued on `today`: allocated, not ended, each for contract ∩ entitlement.

    The terms in `allocated` are the entitlements'. A term that has not begun is issued, so that a
    system can be prepared. Ordered by code, then term, so that equal allocations make equal files.
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


def differences(
    before: Iterable[LicensedProduct], after: Iterable[LicensedProduct]
) -> tuple[Difference, ...]:
    """What changes from one activation to the next, entitlement by entitlement, by code."""
    old, new = _by_entitlement(before), _by_entitlement(after)
    pairs = (Difference(old.get(key), new.get(key)) for key in old.keys() | new.keys())
    return tuple(sorted((pair for pair in pairs if pair.changes), key=_order))


def _by_entitlement(products: Iterable[LicensedProduct]) -> Mapping[UUID, LicensedProduct]:
    return {product.entitlement: product for product in products}


def _order(difference: Difference) -> tuple[str, Term, UUID]:
    product = difference.after or difference.before
    assert product is not None
    return product.code, product.term, product.entitlement
