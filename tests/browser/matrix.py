"""Journey × mode × language × state: which cells there are, and why one is left out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.cast import Cast

STATES = ("empty", "error", "conflict", "done")
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Journey:
    """A way through the portal.

    Attributes:
        name: what it is called in the matrix.
        walk: goes the way and says which states it reached.
        left_out: states that mean nothing here, each with the reason.
    """

    name: str
    walk: Callable[["Cast"], Awaitable[None]]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def states(self) -> set[str]:
        """What the walk has to reach."""
        return set(STATES) - set(self.left_out)
