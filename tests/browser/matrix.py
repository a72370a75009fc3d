"""Journey × mode × language × state: which cells there are, and why one is left out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.cast import Cast

STATES = ("empty", "error", "conflict", "done")
LANGUAGES = ("ja", "en")
OTHER_MODES = ("keyboard", "no-script")
MODES = ("mouse", *OTHER_MODES)


@dataclass(frozen=True)
class Audience:
    """Who goes a way, and in which cells that is tried.

    Attributes:
        reason: why some cells are left out; empty where all are walked.
        other_modes: the languages of those who do not use the mouse.
    """

    reason: str = ""
    other_modes: tuple[str, ...] = LANGUAGES

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Mode and language of every walk; the mouse goes it in every language."""
        return [
            (mode, language)
            for mode in MODES
            for language in (LANGUAGES if mode == "mouse" else self.other_modes)
        ]

    def sample(self, turn: int) -> list[tuple[str, str]]:
        """Return the cells that `make test` walks: by mouse, and in the other language another way.

        Args:
            turn: place of the journey among all; languages and other ways take turns by it.
        """
        cells, first = self.cells, turn % 2
        other = (OTHER_MODES[turn // 2 % 2], LANGUAGES[1 - first])
        return [("mouse", LANGUAGES[first]), other if other in cells else (other[0], "ja")]


EVERYBODY = Audience()
VENDOR = Audience("the vendor's staff are Japanese; English is walked by mouse", ("ja",))


@dataclass(frozen=True)
class Journey:
    """A way through the portal.

    Attributes:
        name: what it is called in the matrix.
        walk: goes the way and says which states it reached.
        left_out: states that mean nothing here, each with the reason.
        people: who goes it; their reason stands there where cells are left out.
    """

    name: str
    walk: Callable[["Cast"], Awaitable[None]]
    left_out: Mapping[str, str] = field(default_factory=dict)
    people: Audience = EVERYBODY

    @property
    def states(self) -> set[str]:
        """What the walk has to reach."""
        return set(STATES) - set(self.left_out)
