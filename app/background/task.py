"""Background tasks: work without a request, which any number of processes do at once.

A step does a little in one transaction and leaves in its own tables how far it is. So a process
that is killed leaves nothing half done, and two processes do nothing twice.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from app.settings import Settings

Step = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Task:
    """A step that is repeated.

    Attributes:
        name: as metrics and the log have it.
        steps: opens what the step needs, and gives the step; it answers whether there may be more
            to do at once.
        pause_seconds: how long to wait where there is not.
        in_every_server: servers do it too where the settings leave such work to `portal worker`.
        finishes: is done once more when the process ends, so that an ordinary end leaves nothing.
    """

    name: str
    steps: Callable[[Settings], AbstractAsyncContextManager[Step]]
    pause_seconds: float
    in_every_server: bool = False
    finishes: bool = False


def repeat(
    step: Callable[[Settings], Awaitable[bool]],
) -> Callable[[Settings], AbstractAsyncContextManager[Step]]:
    """Return the steps of a task that needs nothing but the settings."""

    @asynccontextmanager
    async def steps(settings: Settings) -> AsyncIterator[Step]:
        yield lambda: step(settings)

    return steps
