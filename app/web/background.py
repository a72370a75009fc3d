"""Work that takes seconds of the processor: in one thread: pages never wait for it long."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
# One thread: two would take turns with the event loop and double its waiting.
_thread = ThreadPoolExecutor(1, "background")
_at_work: set[UUID] = set()


class StillAtWork(Exception):
    """The same person has work waiting or running; what else they send would keep others off."""


def _begin(work: Callable[[], T]) -> Future[T]:
    return _thread.submit(contextvars.copy_context().run, work)


async def in_background(work: Callable[[], T]) -> T:
    """Do work in its turn; it keeps the language of the request."""
    return await asyncio.wrap_future(_begin(work))


async def in_background_of(person: UUID, work: Callable[[], T]) -> T:
    """Do work in its turn, one piece at a time for each person.

    Raises:
        StillAtWork: the person has one already; this is not begun.
    """
    if person in _at_work:
        raise StillAtWork
    _at_work.add(person)
    begun = _begin(work)
    # Work that has begun continues when the client has left, and counts until it ends.
    begun.add_done_callback(lambda _: _at_work.discard(person))
    return await asyncio.wrap_future(begun)
