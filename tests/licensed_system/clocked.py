"""A system on an emergency file, by its rules alone: a clock, and no folder."""

from __future__ import annotations

from datetime import datetime, timedelta

from licensed_system import status
from licensed_system.claims import Emergency
from licensed_system.emergency import Running
from licensed_system.state import State, UsedEmergency
from licensed_system.status import Remembered, Status


class Clocked:
    def __init__(self, file: Emergency, first: datetime) -> None:
        used = UsedEmergency(file.jti, first, read_at=first)
        self.file = file
        self.state = State("line 1", {}, "", first, emergencies=(used,))
        self.behind_since: datetime | None = None

    def at(self, now: datetime) -> Status:
        """The status of a run at ``now``, which is noted."""
        before, self.state = self.state, self.state.seen(now)
        [used] = self.state.emergencies
        repeated = timedelta(seconds=used.repeated)
        running = Running(self.file, used.first_used_at, repeated)
        known = Remembered(None, False, (), before.latest_seen, self.behind_since, None, running)
        found = status.judge(known, {}, now)
        self.behind_since = found.clock.behind_since
        return found
