"""Signing resources that have no manifest of the keyset in force."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.background.task import Step, Task
from app.resources.manifest_services import sign_next
from app.settings import Settings


@asynccontextmanager
async def _steps(settings: Settings) -> AsyncIterator[Step]:
    # Read once in each process, not once in each round: it may be 20 GiB.
    damaged: set[UUID] = set()
    yield lambda: sign_next(settings, damaged)


SIGNING = Task("resource-signing", _steps, pause_seconds=60.0)
