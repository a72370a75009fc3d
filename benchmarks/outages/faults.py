"""Faults, one after the other under load, and what people noticed of each."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.outages.people import Load, Request

CALM_SECONDS = 3.0
HOLD_SECONDS = 4.0
# After this time without an end of the failures the drill continues, and says so.
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Fault:
    """Something that fails, and is mended after a while.

    Attributes:
        name: what it is called in the table.
        strike, mend: how it comes and goes.
        seconds: how long it lasts.
    """

    name: str
    strike: Callable[[], Awaitable[None]]
    mend: Callable[[], Awaitable[None]]
    seconds: float = HOLD_SECONDS


@dataclass(frozen=True)
class Phase:
    """A fault, with the moments of it and the requests from before it until it was over.

    Attributes:
        begun, struck: when it came, and had come; what was in flight then may fail.
        mended: when it had gone.
    """

    name: str
    begun: float
    struck: float
    mended: float
    requests: list[Request]

    @property
    def unavailable(self) -> float:
        """Seconds from the fault to the last failed answer."""
        return max(0.0, self._last_failure - self.begun)

    @property
    def recovery(self) -> float:
        """Seconds from the end of the fault to the last failed answer."""
        return max(0.0, self._last_failure - self.mended)

    @property
    def _last_failure(self) -> float:
        return max((request.ended for request in self.requests if request.failed), default=0.0)

    @property
    def touched(self) -> list[str]:
        """The kinds of requests that failed."""
        return sorted({request.kind for request in self.requests if request.failed})

    @property
    def in_flight(self) -> list[Request]:
        """Requests that were running at the moment of the fault, and failed."""
        return [r for r in self.requests if r.failed and r.begun <= self.struck]

    @property
    def refused(self) -> list[Request]:
        """Later requests that were told to come again."""
        return [r for r in self.requests if r.told_to_retry and r.begun > self.struck]

    @property
    def lost(self) -> list[Request]:
        """Later requests that failed in any other way."""
        later = (r for r in self.requests if r.failed and r.begun > self.struck)
        return [r for r in later if not r.told_to_retry]


async def watch(fault: Fault, load: Load) -> Phase:
    """Let the fault come and go, and wait until nothing has failed for a while."""
    await asyncio.sleep(CALM_SECONDS)
    first = len(load.requests)
    begun = time.monotonic()
    await fault.strike()
    struck = time.monotonic()
    await asyncio.sleep(fault.seconds)
    await fault.mend()
    mended = time.monotonic()
    while time.monotonic() < mended + PATIENCE_SECONDS:
        await asyncio.sleep(CALM_SECONDS / 2)
        # What began before is over: a request that waits long is not mistaken for calm.
        since = time.monotonic() - CALM_SECONDS
        recent = [r for r in load.requests[first:] if r.ended > since]
        if since > mended and recent and not any(r.failed for r in recent):
            break
    return Phase(fault.name, begun, struck, mended, load.requests[first:])
