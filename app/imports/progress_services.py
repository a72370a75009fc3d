"""How far the import at hand is: written beside its transaction, so that others can see it."""

import asyncio
import contextlib
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.database import fetch_value, uuid7
from app.imports.tables import BulkImportProgress
from app.web.errors import unavailable_errors

EVERY_SECONDS = 0.5


class Progress:
    """Notes the phase of one import and the lines that are done in it."""

    def __init__(self) -> None:
        self._import: UUID | None = None
        self._now = self._noted = ("reading", 0)
        self._outside = contextvars.copy_context()

    def report(self, phase: str, lines: int) -> None:
        """What `import_lines` reports; it is saved soon after."""
        self._now = (phase, lines)

    async def begin(self, id: UUID) -> int:
        """Begin an import; return how many workers have begun it by now."""
        self._import = id
        begun = asyncio.create_task(_begin(id), context=self._outside)
        return await begun

    @asynccontextmanager
    async def noting(self) -> AsyncIterator[None]:
        """Write down what is reported while the block runs; the block's transaction is its own."""
        stop = asyncio.Event()
        task = asyncio.create_task(self._note_until(stop), context=self._outside)
        try:
            yield
        finally:
            stop.set()
            await task

    async def _note_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
            if self._import is not None and self._now != self._noted and not stop.is_set():
                # A lost figure does no harm; the work itself must continue.
                with contextlib.suppress(*unavailable_errors):
                    await self._note(self._import)

    async def _note(self, id: UUID) -> None:
        self._noted = self._now
        phase, lines = self._noted
        await BulkImportProgress.update(
            {BulkImportProgress.phase: phase, BulkImportProgress.lines: lines}
        ).where(BulkImportProgress.import_ == id)


async def _begin(id: UUID) -> int:
    attempts: int = await fetch_value(
        "insert into bulk_import_progress (id, import, phase, lines, attempts)"
        " values ($1, $2, 'reading', 0, 1)"
        " on conflict (import) do update set phase = 'reading', lines = 0,"
        " attempts = bulk_import_progress.attempts + 1 returning attempts",
        uuid7(),
        id,
    )
    return attempts
