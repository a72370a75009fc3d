"""Checking the whole audit log from the console, and taking it away; both are on record."""

import asyncio
import threading
import time
from collections.abc import Mapping
from uuid import UUID

from app.audit.checking import verify_log
from app.audit.head_signing import head_signer
from app.audit.services import record
from app.database import unit_of_work
from app.settings import Settings

# About two million events. A longer log is verified by `portal audit verify`.
LONGEST_CHECK = 50.0
KEPT_FINDINGS = 20
# One check at a time in each process: it reads everything and holds a connection.
_checking = threading.Lock()


class CheckRuns(Exception):
    """Another check runs in this process."""


async def note_export(actor: UUID, wanted: Mapping[str, str], form: str) -> None:
    """Record that the log, or a part of it, was taken away."""
    async with unit_of_work():
        await record("audit-export", actor=actor, format=form, wanted=dict(wanted))


async def verify(settings: Settings, actor: UUID) -> None:
    """Check every event, link and head, and record what was found.

    Raises:
        CheckRuns: one is under way.
        TimeoutError: it would take too long for an answer; nothing was found until then.
    """
    if not _checking.acquire(blocking=False):
        raise CheckRuns
    try:
        begun = time.monotonic()
        async with asyncio.timeout(LONGEST_CHECK):
            report = await verify_log(head_signer(settings.secret_file))
        seconds = round(time.monotonic() - begun, 1)
    finally:
        _checking.release()
    async with unit_of_work():
        await record(
            "audit-verification",
            actor=actor,
            count=report.count,
            digest=report.digest.hex(),
            findings=len(report.findings),
            first=[str(finding) for finding in report.findings[:KEPT_FINDINGS]],
            waiting=report.waiting,
            seconds=seconds,
        )
