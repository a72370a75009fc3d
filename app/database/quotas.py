"""How much each table keeps: what the domains declare, and the triggers enforce."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class WhenFull(StrEnum):
    """What a new row does where the quota is used up."""

    SWEEP = "sweep"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Quota:
    """The most that a table keeps of one person, contract or link.

    A trigger of this name enforces it, in every transaction that adds rows; see decision 0026.

    Attributes:
        whom: the columns that say whose row it is.
        rows: the most rows.
        since: the column by which rows age: sweeping begins with the oldest.
        measured, most_bytes: columns whose stored bytes count too, and the most of them.
        when_full: whether old rows make way, or the new one is refused.
        within: count only rows of this last time.
        only: an SQL condition on a row `t`: count no others.
        advice: what a person can do, where new rows are refused.
    """

    name: str
    table: str
    whom: tuple[str, ...]
    rows: int
    since: str
    measured: tuple[str, ...] = ()
    most_bytes: int = 0
    when_full: WhenFull = WhenFull.SWEEP
    within: timedelta | None = None
    only: str = "true"
    advice: str = ""

    @property
    def arguments(self) -> list[str]:
        """The arguments of the trigger."""
        hours = f"{int(self.within.total_seconds()) // 3600} hours" if self.within else ""
        return [
            " ".join(self.whom),
            str(self.rows),
            " ".join(self.measured),
            str(self.most_bytes),
            self.when_full.value,
            self.since,
            hours,
            self.only,
        ]


@dataclass(frozen=True)
class Bound:
    """Why a table needs no separate quota."""

    table: str
    reason: str


class QuotaFull(Exception):
    """A person has done as much as the portal takes for now; nothing was changed.

    Attributes:
        advice: what they can do, a message id.
    """

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice
