"""Signing resources that have no manifest of the keyset in force."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.background.task import Step, Task
from app.resources.manifest_services import sign_next
from app.settings import Settings


@asynccontextmanager
async def _steps(settings: Settings) -> AsyncIterator[Step]:
    # A damaged file is read once in each process, not in each round: it may have 20 GiB.
    passed: set[UUID] = set()
    yield lambda: sign_next(settings, passed)


SIGNING = Task("resource-signing", _steps, pause_seconds=60.0)
