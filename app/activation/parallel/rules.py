"""Decide whether an old system may go on beside the new one, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# The database's function `parallel_operations_left` says the same.
PARALLEL_A_YEAR = 3
MOST_DAYS = 30


class ParallelOutcome(StrEnum):
    """Every way in which parallel operation is refused."""

    NO_OLD_SYSTEM = "parallel-no-old-system"
    RUNNING = "parallel-running"
    LIMIT_REACHED = "parallel-limit-reached"


class EndReason(StrEnum):
    """What ended parallel operation before its last day."""

    STOPPED = "stopped"
    RETURNED = "returned"
    RELEASED = "released"
    MOVED_BACK = "moved-back"


@dataclass(frozen=True)
class OldSystem:
    """The old system of an environment's last parallel operation.

    Attributes:
        seq, jti, jkt: of the activation that it runs on.
        ends_on: the last day on which it may run.
        ended: whether it ended early.
        returned: whether its return file was taken.
    """

    seq: int
    jti: str
    jkt: str
    ends_on: date
    ended: bool
    returned: bool

    def runs(self, today: date) -> bool:
        """Return whether the old system may still run on a day."""
        return not self.ended and today <= self.ends_on


def parallel_obstacle(
    *, moves_from_running: bool, old: OldSystem | None, left: int, today: date
) -> ParallelOutcome | None:
    """Return why a request cannot begin parallel operation; None if it can.

    Args:
        moves_from_running: whether the environment moves, and its last file still runs.
        old: of the environment's last parallel operation.
        left: how many the contract may still begin in this calendar year.
    """
    if not moves_from_running:
        return ParallelOutcome.NO_OLD_SYSTEM
    if old is not None and old.runs(today):
        return ParallelOutcome.RUNNING
    return ParallelOutcome.LIMIT_REACHED if left <= 0 else None


def stop_day(today: date, days: int, last_usable: date) -> date:
    """Return the last day of the old system: never after that of its own file."""
    return min(today + timedelta(days=days), last_usable)
