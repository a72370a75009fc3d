"""The draft that the owners of a contract share: what it holds, and how two of them meet in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.quotes.rules import Wish

NOTE = "note"


@dataclass(frozen=True)
class Addition:
    """A line of an additional purchase."""

    id: UUID
    product: UUID
    quantity: int


@dataclass(frozen=True)
class DraftContent:
    """What a draft holds.

    Attributes:
        values: by entitlement id, or NOTE, what was chosen and typed; see `choice_value`.
    """

    values: dict[str, str] = field(default_factory=dict)
    additions: list[Addition] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The content as JSON values."""
        additions = [[str(a.id), str(a.product), a.quantity] for a in self.additions]
        return {"values": self.values, "additions": additions}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "DraftContent":
        """What `as_json` made."""
        additions = [
            Addition(UUID(id), UUID(product), quantity)
            for id, product, quantity in content["additions"]
        ]
        return cls(dict(content["values"]), additions)


def choice_value(wish: str, quantity: str) -> str:
    """A product's choice and number as one value: who changes one of them changes both."""
    return f"{wish}:{quantity}"


def choice_of(value: str) -> tuple[Wish, str]:
    """The wish and the number as typed."""
    wish, _, quantity = value.partition(":")
    return Wish(wish), quantity


@dataclass(frozen=True)
class Merged:
    """What one person sent, met with what is kept meanwhile.

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
        """What the person has not seen yet, and so has to look at before it is kept."""
        return self.conflicts | self.taken


def merge(seen: Mapping[str, str], own: Mapping[str, str], kept: Mapping[str, str]) -> Merged:
    """Meet what a person sent with what is kept now; nothing is lost silently.

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
    """Whether the additions are others than the person saw."""
    return {addition.id for addition in kept} != set(seen)
