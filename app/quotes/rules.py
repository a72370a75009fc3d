"""Decisions about quote requests: who may ask, how a request moves, what it would change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.contracts.rules import Role, SeenContract

LARGEST_QUANTITY = 1_000_000_000
MOST_ADDITIONS = 50
LONGEST_NOTE = 2000
# A contract that ended can be renewed for a year; after that a new one is signed.
RENEWABLE_DAYS = 365


class QuoteState(StrEnum):
    """How far a request is. The last two end it."""

    RECEIVED = "received"
    IN_REVIEW = "in-review"
    ANSWERED = "answered"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


# The database has the same list in the trigger quote_state_moves.
MOVES = {
    QuoteState.RECEIVED: {QuoteState.IN_REVIEW, QuoteState.ANSWERED, QuoteState.WITHDRAWN},
    QuoteState.IN_REVIEW: {QuoteState.ANSWERED},
    QuoteState.ANSWERED: {QuoteState.CONCLUDED},
    QuoteState.CONCLUDED: set[QuoteState](),
    QuoteState.WITHDRAWN: set[QuoteState](),
}


def may_become(before: QuoteState, after: QuoteState) -> bool:
    """Return whether a request may go from one state to another."""
    return after in MOVES[before]


def may_answer(state: QuoteState) -> bool:
    """Return whether the vendor may answer, or correct an answer that is not concluded yet."""
    return state is QuoteState.ANSWERED or may_become(state, QuoteState.ANSWERED)


def may_hand_over(state: QuoteState) -> bool:
    """Return whether another staff member may take it over: one of them works on it already."""
    return state in {QuoteState.IN_REVIEW, QuoteState.ANSWERED}


def is_pdf(content: bytes) -> bool:
    """Return whether a file begins and ends as a PDF does, so that one cut short is none."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


def may_request(contract: SeenContract) -> bool:
    """Return whether the person may ask for a quote: owners, until a year after the end."""
    return contract.role is Role.OWNER and contract.days_left >= -RENEWABLE_DAYS


class Wish(StrEnum):
    """What is wished for a contracted product, or an addition."""

    RENEW = "renew"
    CHANGE = "change"
    END = "end"
    ADD = "add"


# What can be chosen for a contracted product.
CHOICES = (Wish.RENEW, Wish.CHANGE, Wish.END)


def first_wish(product_ends_on: date, contract_ends_on: date, today: date) -> Wish:
    """Return the first choice: a product that ended before its contract is not renewed."""
    ended_alone = product_ends_on < today and product_ends_on < contract_ends_on
    return Wish.END if ended_alone else Wish.RENEW


@dataclass(frozen=True)
class Line:
    """One wish with what it would change.

    Attributes:
        unit: users, servers or cores.
        before: contracted now; 0 for an addition.
        wanted: the new count; None if the count stays.
        in_use: allocated, or held by activation files that run.
    """

    wish: Wish
    unit: str
    before: int
    wanted: int | None = None
    entitlement: UUID | None = None
    product: UUID | None = None
    in_use: int = 0

    @property
    def after(self) -> int:
        """Return the count that the contract would have."""
        if self.wish is Wish.END:
            return 0
        return self.before if self.wanted is None else self.wanted

    @property
    def below_use(self) -> bool:
        """Return whether a smaller count is wished than is in use."""
        return self.wish is Wish.CHANGE and self.after < self.in_use


def asks_for_something(lines: Iterable[Line]) -> bool:
    """Return whether there is anything to quote: renewing counts, ending everything does not."""
    return any(line.wish is not Wish.END for line in lines)


def totals(named: Sequence[tuple[str, Line]]) -> dict[tuple[str, str], int]:
    """Return the count afterwards of each product that several lines continue: (name, unit) → sum.

    Different products are never added, even where they are counted in the same unit.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    for name, line in named:
        if line.wish is not Wish.END:
            counts.setdefault((name, line.unit), []).append(line.after)
    return {product: sum(each) for product, each in counts.items() if len(each) > 1}
