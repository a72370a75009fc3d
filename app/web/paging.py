"""Lists that are read a page at a time, by the key of the row where a page begins or ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

Row = TypeVar("Row")
Key = TypeVar("Key")


@dataclass(frozen=True)
class Turn(Generic[Key]):
    """Which page is wanted: the first, the one after a row, or the one before it.

    Attributes:
        key: of that row, which is not on the page; None for the first page.
        back: whether the page ends at that row.
    """

    key: Key | None = None
    back: bool = False

    @property
    def sign(self) -> str:
        """SQL: how the keys of the page compare with `key`."""
        return "<" if self.back else ">"

    @property
    def direction(self) -> str:
        """SQL: the order in which to read, from the row on."""
        return "desc" if self.back else "asc"


@dataclass(frozen=True)
class Leaf(Generic[Row]):
    """A page of a list, in the list's order.

    Attributes:
        previous, following: whether there are rows before, and after, the page.
    """

    rows: list[Row]
    previous: bool
    following: bool


def leaf(found: Sequence[Row], most: int, turn: Turn[Key]) -> Leaf[Row]:
    """The page in what was found.

    Args:
        found: in the order of reading, one more than `most` if there are more.
    """
    rows, more = list(found[:most]), len(found) > most
    if turn.back:
        return Leaf(rows[::-1], previous=more, following=True)
    return Leaf(rows, previous=turn.key is not None, following=more)


def addresses(
    path: str,
    wanted: Mapping[str, str],
    previous: Mapping[str, str] | None,
    following: Mapping[str, str] | None,
) -> dict[str, str]:
    """Where the links of a page lead: first, previous, following; empty if there is none.

    Args:
        wanted: search and order, which every page of the list keeps.
        previous, following: what the address says of those pages beside that.
    """

    def address(turn: Mapping[str, str] | None) -> str:
        query = urlencode({**wanted, **(turn or {})})
        return f"{path}?{query}" if query else path

    return {
        "first": address(None) if previous else "",
        "previous": address(previous) if previous else "",
        "following": address(following) if following else "",
    }
