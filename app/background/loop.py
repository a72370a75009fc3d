"""The one loop of background tasks, in the server's processes or in `portal worker`."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import structlog

from app.background.services import note_done, note_failure
from app.background.task import Step, Task
from app.settings import Settings
from app.web.errors import unavailable_errors

# Monitoring wants to know that tasks are still done; not each time.
NOTED_EVERY_SECONDS = 60.0
FINISH_SECONDS = 10.0

log = structlog.get_logger()


async def do_tasks(tasks: Iterable[Task], settings: Settings, stop: asyncio.Event) -> None:
    """Do tasks side by side until `stop` is set; steps at hand are finished."""
    await asyncio.gather(*(_repeat(task, settings, stop) for task in tasks))


async def _repeat(task: Task, settings: Settings, stop: asyncio.Event) -> None:
    async with task.steps(settings) as step:
        round_ = _Round(task, step)
        while not stop.is_set():
            if await round_.do():
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), task.pause_seconds)
        if task.finishes:
            await round_.do()


class _Round:
    """One step after the other; a step that fails is tried again after the pause."""

    def __init__(self, task: Task, step: Step) -> None:
        self._task, self._step = task, step
        self._noted = -NOTED_EVERY_SECONDS
        self._failing = False

    async def do(self) -> bool:
        """Do a step; answer whether there may be more to do at once."""
        try:
            more = await self._step()
            if not more:
                await self._note_done()
        except unavailable_errors as error:
            if not self._failing:
                log.warning("task-interrupted", task=self._task.name, error=type(error).__name__)
            self._failing = True
            return False
        except Exception as error:
            # The next round may do better; other tasks must not stop for this one.
            log.error("defect", task=self._task.name, exc_info=error)
            with contextlib.suppress(*unavailable_errors):
                await note_failure(self._task.name)
            return False
        self._failing = False
        return more

    async def _note_done(self) -> None:
        if time.monotonic() - self._noted >= NOTED_EVERY_SECONDS:
            await note_done(self._task.name)
            self._noted = time.monotonic()


@asynccontextmanager
async def doing(tasks: Iterable[Task], settings: Settings) -> AsyncIterator[None]:
    """Do tasks while the block runs; then each may finish the step that it began."""
    stop = asyncio.Event()
    work = asyncio.ensure_future(do_tasks(tasks, settings, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait({work}, timeout=FINISH_SECONDS)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
