"""A clock that was turned back: a warning, then grace, and never a stop for that alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(hours=24)
WARNING = timedelta(days=7)


@dataclass(frozen=True)
class Reading:
    """What the clock is worth. ``behind_since`` is its own time when that was first noticed."""

    judged_at: datetime
    behind_since: datetime | None
    in_grace: bool

    @property
    def is_behind(self) -> bool:
        """Whether the clock is more than a day behind the latest time seen."""
        return self.behind_since is not None


def is_behind(now: datetime, latest_seen: datetime) -> bool:
    """Whether the clock ``now`` is more than a day behind the latest time seen."""
    return now < latest_seen - TOLERANCE


def read_clock(now: datetime, latest_seen: datetime, behind_since: datetime | None) -> Reading:
    """Judge the clock ``now`` against the latest time seen; all are aware.

    Terms are judged at the later of the two. So turning a clock back gains no day of a term, and
    since the latest time seen stands still until then, an unlucky clock ends no term either.
    """
    judged_at = max(now, latest_seen)
    if not is_behind(now, latest_seen):
        return Reading(judged_at, None, in_grace=False)
    since = behind_since if behind_since is not None else now
    # Turned back once more since the warning began, it would never run out: grace at once.
    in_grace = now >= since + WARNING or now < since - TOLERANCE
    return Reading(judged_at, since, in_grace)
