"""The draft that the owners of a contract share: what it holds, and how two of them meet in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from app.quotes.rules import Wish

NOTE = "note"


class Addition(msgspec.Struct, frozen=True, array_like=True):
    """A line of an additional purchase."""

    id: UUID
    product: UUID
    quantity: int


class DraftContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a draft holds when it is stored and when it is confirmed.

    Attributes:
        values: by entitlement id, or NOTE, what was chosen and typed; see `choice_value`.
    """

    values: dict[str, str] = {}
    additions: list[Addition] = []


def choice_value(wish: str, quantity: str) -> str:
    """Return a product's choice and number as one value: who changes one changes both."""
    return f"{wish}:{quantity}"


def choice_of(value: str) -> tuple[Wish, str]:
    """Return the wish and the number as typed."""
    wish, _, quantity = value.partition(":")
    return Wish(wish), quantity


@dataclass(frozen=True)
class Merged:
    """What one person sent, merged with what is kept by now.

    Attributes:
        values: each is the person's own or the kept one.
        conflicts: changed by both, differently: `values` has the person's own.
        taken: changed by the other person alone: `values` has the kept one.
    """

    values: dict[str, str]
    conflicts: frozenset[str]
    taken: frozenset[str]

    @property
    def unseen(self) -> frozenset[str]:
        """Return what the person has not seen yet, and so has to look at before it is kept."""
        return self.conflicts | self.taken


def merge(seen: Mapping[str, str], own: Mapping[str, str], kept: Mapping[str, str]) -> Merged:
    """Merge what a person sent with what is kept now; nothing is lost silently.

    Args:
        seen: what was kept when the person's form was made.
        own: what the person sent.
        kept: what is kept now.
    """
    values, conflicts, taken = {}, set(), set()
    for name, theirs in kept.items():
        mine = own.get(name, theirs)
        base = seen.get(name, theirs)
        values[name] = mine
        if theirs in {base, mine}:
            continue
        if mine == base:
            values[name] = theirs
            taken.add(name)
        else:
            conflicts.add(name)
    return Merged(values, frozenset(conflicts), frozenset(taken))


def additions_differ(seen: Collection[UUID], kept: Collection[Addition]) -> bool:
    """Return whether the additions are others than the person saw."""
    return {addition.id for addition in kept} != set(seen)
