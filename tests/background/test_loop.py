"""The loop of the background tasks."""

import asyncio
import contextlib

import pytest

from app import domains
from app.background.loop import do_tasks, doing
from app.background.task import Step, Task
from app.database import fetch_one, fetch_value
from tests.conftest import Portal


def task(name: str, step: Step, *, finishes: bool = False) -> Task:
    """A task that needs nothing and hardly rests."""
    return Task(name, lambda _: contextlib.nullcontext(step), 0.01, finishes=finishes)


def failing_first(error: Exception, stop: asyncio.Event) -> Step:
    """A step that fails once, then ends the loop."""
    steps = 0

    async def step() -> bool:
        nonlocal steps
        steps += 1
        if steps == 1:
            raise error
        stop.set()
        return False

    return step


@pytest.mark.parametrize("error", [ConnectionResetError(), RuntimeError()])
async def test_a_failing_step_does_not_end_its_task(portal: Portal, error: Exception) -> None:
    stop = asyncio.Event()
    await do_tasks([task("fails", failing_first(error, stop))], portal.settings, stop)
    row = await fetch_one("select done_at, failures from background_task where name = 'fails'")
    assert row is not None and row["done_at"] is not None
    assert row["failures"] == (1 if isinstance(error, RuntimeError) else 0)


async def test_a_failing_task_does_not_stop_another_one(portal: Portal) -> None:
    stop, steps = asyncio.Event(), 0

    async def broken() -> bool:
        raise RuntimeError

    async def working() -> bool:
        nonlocal steps
        steps += 1
        if steps == 3:
            stop.set()
        return False

    await do_tasks([task("broken", broken), task("works", working)], portal.settings, stop)
    assert steps == 3


async def test_a_step_that_has_more_to_do_is_repeated_without_a_pause(portal: Portal) -> None:
    stop, left = asyncio.Event(), 5

    async def step() -> bool:
        nonlocal left
        left -= 1
        if not left:
            stop.set()
        return left > 0

    at_once = Task("busy", lambda _: contextlib.nullcontext(step), pause_seconds=3600)
    await asyncio.wait_for(do_tasks([at_once], portal.settings, stop), 10)
    assert left == 0


async def test_only_a_task_that_finishes_is_done_once_more_at_the_end(portal: Portal) -> None:
    done: list[str] = []

    def noting(name: str) -> Step:
        async def step() -> bool:
            done.append(name)
            return False

        return step

    stop = asyncio.Event()
    stop.set()
    tasks = [task("ends", noting("ends")), task("finishes", noting("finishes"), finishes=True)]
    await do_tasks(tasks, portal.settings, stop)
    assert done == ["finishes"]


async def test_a_step_at_hand_is_finished_when_the_server_ends(portal: Portal) -> None:
    begun, finished = asyncio.Event(), False

    async def step() -> bool:
        nonlocal finished
        begun.set()
        await fetch_value("select pg_sleep(0.2)")
        finished = True
        return False

    async with doing([task("slow", step)], portal.settings):
        await begun.wait()
    assert finished


def test_every_task_has_a_name_of_its_own() -> None:
    names = [each.name for each in domains.tasks()]
    assert len(names) == len(set(names)) >= 6
