"""Killing the worker while it delivers: nothing may be lost, and what comes twice is counted."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from tests.mail.worker_process import Worker


@dataclass(frozen=True)
class Tally:
    """What became of the deliveries."""

    written: int
    kills: int
    lost: int
    duplicates: int
    not_settled: int


def tally(written: int, kills: int, arrived: Iterable[object], not_settled: int) -> Tally:
    """Compare what was written with what arrived, each with its own key."""
    times = Counter(arrived)
    return Tally(
        written=written,
        kills=kills,
        lost=written - len(times),
        duplicates=sum(times.values()) - len(times),
        not_settled=not_settled,
    )


class Strikes:
    """Kills of a worker after deliveries that are spread evenly.

    Args:
        written: how many deliveries there will be.
        within: seconds after such a delivery; each kill comes at another moment of them.
    """

    def __init__(
        self, worker: Worker, *, written: int, kills: int, seed: int, within: float
    ) -> None:
        self._worker, self._within = worker, within
        self._due = [written * (n + 1) // (kills + 1) for n in range(kills)]
        self._dice, self._struck = random.Random(seed), asyncio.Event()

    def after(self, received: int) -> None:
        """Kill the worker soon, if it is time after so many deliveries."""
        if self._due and received >= self._due[0]:
            self._due.pop(0)
            moment = self._dice.random() * self._within
            asyncio.get_running_loop().call_later(moment, self._strike)

    def _strike(self) -> None:
        self._worker.kill()
        self._struck.set()

    async def replace_until_settled(self, waiting: Callable[[], Awaitable[bool]]) -> int:
        """Replace each killed worker until nothing waits; return the number of kills."""
        kills = 0
        while await waiting() or self._struck.is_set():
            if self._struck.is_set():
                self._struck.clear()
                kills += 1
                await self._worker.replace_killed()
            await asyncio.sleep(0.05)
        await self._worker.stop()
        return kills
