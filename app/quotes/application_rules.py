"""What a concluded quote changes in its contract: computed before anything is written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.quotes.rules import Wish


@dataclass(frozen=True)
class AgreedTerm:
    """What the vendor agreed on.

    Attributes:
        starts_on, ends_on: first and last usable day of what is renewed.
        additions_start_on: first usable day of what is added; it ends with the rest.
    """

    starts_on: date
    ends_on: date
    additions_start_on: date


@dataclass(frozen=True)
class AgreedLine:
    """A line of the request, with the current entitlement.

    Attributes:
        product: of the entitlement, or the one that is added.
        wanted: the new count of a change or an addition.
        contracted, starts_on, ends_on: the entitlement's; None for an addition.
        in_use: allocated, or held by activation files that run.
        allocated: to environments.
    """

    wish: Wish
    product: UUID
    wanted: int | None = None
    entitlement: UUID | None = None
    contracted: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    in_use: int = 0
    allocated: int = 0


@dataclass(frozen=True)
class Change:
    """An entitlement gets another count or end, at once."""

    entitlement: UUID
    quantity: int
    ends_on: date


@dataclass(frozen=True)
class Creation:
    """A new entitlement."""

    product: UUID
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Succession:
    """A new entitlement takes an entitlement's place from a later day on, with another count.

    Attributes:
        last_day: the last usable day of the one whose place is taken.
    """

    entitlement: UUID
    product: UUID
    last_day: date
    quantity: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Plan:
    """Exactly what applying writes.

    Attributes:
        counts_from: from when on new counts of what is renewed count; None if there is none.
        contract_ends_on: the contract's last usable day afterwards; it never becomes earlier.
    """

    changes: list[Change]
    successions: list[Succession]
    creations: list[Creation]
    contract_ends_on: date
    counts_from: date | None = None

    @property
    def quantities(self) -> dict[UUID, int]:
        """The counts of the entitlements that continue, now or later."""
        counts = {each.entitlement: each.quantity for each in self.changes}
        return counts | {each.entitlement: each.quantity for each in self.successions}


class ApplyProblem(StrEnum):
    """Why a quote cannot be applied now."""

    NOT_ANSWERED = "not-answered"
    ENDS_BEFORE_START = "ends-before-start"
    BELOW_USE = "below-use"
    CHANGED = "changed"


def plan(
    lines: Sequence[AgreedLine], term: AgreedTerm, contract_ends_on: date, today: date
) -> Plan:
    """What applying the lines writes.

    A renewed product keeps its row, and so its allocations, where the new term follows on the old
    one without a gap and the count stays, or counts by `today`. Another count from a later day on
    is a new entitlement that takes the place of the old one then. After a gap it is also a new one,
    since nothing was licensed in between. A product that is not renewed runs out at its own end.
    """
    changes: list[Change] = []
    successions: list[Succession] = []
    creations: list[Creation] = []
    for line in lines:
        if line.wish is Wish.END:
            continue
        quantity = line.contracted if line.wanted is None else line.wanted
        assert quantity is not None
        if line.wish is Wish.ADD:
            creations.append(
                Creation(line.product, quantity, term.additions_start_on, term.ends_on)
            )
        elif _takes_place_later(line, quantity, term, today):
            successions.append(_succession(line, quantity, term))
        elif _follows_on(line, term):
            assert line.entitlement is not None and line.ends_on is not None
            ends_on = max(line.ends_on, term.ends_on)
            changes.append(Change(line.entitlement, quantity, ends_on))
        else:
            creations.append(Creation(line.product, quantity, term.starts_on, term.ends_on))
    ends = [each.ends_on for each in changes]
    ends += [each.ends_on for each in successions]
    ends += [each.ends_on for each in creations]
    first_days = [each.starts_on for each in successions]
    first_days += _changed_from(lines, changes, today)
    counts_from = min(first_days, default=None)
    return Plan(changes, successions, creations, max([contract_ends_on, *ends]), counts_from)


def _changed_from(
    lines: Sequence[AgreedLine], changes: Sequence[Change], today: date
) -> list[date]:
    """Return when each new count of an entry that stays counts: an entry may begin later."""
    before = {line.entitlement: line for line in lines}
    return [
        max(today, before[each.entitlement].starts_on or today)
        for each in changes
        if each.quantity != before[each.entitlement].contracted
    ]


def _follows_on(line: AgreedLine, term: AgreedTerm) -> bool:
    assert line.ends_on is not None
    return term.starts_on <= line.ends_on + timedelta(days=1)


def _takes_place_later(line: AgreedLine, quantity: int, term: AgreedTerm, today: date) -> bool:
    assert line.starts_on is not None
    later = term.starts_on > max(today, line.starts_on)
    return later and _follows_on(line, term) and quantity != line.contracted


def _succession(line: AgreedLine, quantity: int, term: AgreedTerm) -> Succession:
    assert line.entitlement is not None and line.ends_on is not None
    return Succession(
        entitlement=line.entitlement,
        product=line.product,
        last_day=min(line.ends_on, term.starts_on - timedelta(days=1)),
        quantity=quantity,
        starts_on=term.starts_on,
        ends_on=max(line.ends_on, term.ends_on),
    )


def term_problem(term: AgreedTerm) -> ApplyProblem | None:
    """Whether the agreed days make no term."""
    if term.ends_on < max(term.starts_on, term.additions_start_on):
        return ApplyProblem.ENDS_BEFORE_START
    return None


def below_use(lines: Sequence[AgreedLine], planned: Plan) -> dict[UUID, int]:
    """Entitlements whose new count would not cover what is in use, with that use."""
    in_use = {line.entitlement: line.in_use for line in lines if line.entitlement is not None}
    return {
        change.entitlement: in_use[change.entitlement]
        for change in planned.changes
        if change.quantity < in_use[change.entitlement]
    }


def fingerprint(lines: Sequence[AgreedLine], planned: Plan) -> str:
    """What a person confirmed: a different one means that the contract has changed.

    How much is in use may change; it only must not grow beyond the new counts.
    """
    agreed = [replace(line, allocated=0, in_use=0) for line in lines]
    return hashlib.sha256(repr((agreed, planned)).encode()).hexdigest()
