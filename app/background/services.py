"""Note that background tasks are done: by whichever process, on whichever machine."""

from app import clock
from app.database import fetch


async def note_done(name: str) -> None:
    """Note that a task was looked at, and that there is nothing left to do for now."""
    await fetch(
        "insert into background_task (name, done_at, failures) values ($1, $2, 0)"
        " on conflict (name) do update set done_at = excluded.done_at",
        name,
        clock.now(),
    )


async def note_failure(name: str) -> None:
    """Note that a task ended with an unexpected error."""
    await fetch(
        "insert into background_task (name, failed_at, failures) values ($1, $2, 1)"
        " on conflict (name) do update set failed_at = excluded.failed_at,"
        " failures = background_task.failures + 1",
        name,
        clock.now(),
    )
