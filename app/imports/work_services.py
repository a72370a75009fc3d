"""The background task of bulk imports: it checks what was uploaded, and imports what was confirmed.

What an import adds, what is kept of it and its state are one transaction, which holds the lock of
its row. A worker that dies leaves nothing, and the next one starts again.
"""

import asyncio
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog

from app import clock
from app.database import Record, fetch_one, unit_of_work, uuid7
from app.imports.files import Unreadable, left_out, read_lines, readable_name
from app.imports.line_rules import Line
from app.imports.progress_services import Progress
from app.imports.rules import AT_WORK, MOST_ATTEMPTS, MOST_LINES, Fault, ImportState
from app.imports.services import Outcome, import_lines
from app.imports.tables import BulkImport
from app.imports.upload_services import delete_spent_files
from app.settings import Settings
from app.storage import Storage, open_storage
from app.web import i18n
from app.web.errors import unavailable_errors
from app.web.i18n import gettext as _

# Any fixed number: imports follow each other, else they would wait for each other's rows.
IMPORT_LOCK = 0x4C50_496D
# Lets pages run in between.
FAULTS_AT_ONCE = 1000
FAULT_COLUMNS = ("id", "import", "number", "kind", "line", "column", "message")
# Another worker, or the same later, may do better.
PASSING = (*unavailable_errors, asyncpg.PostgresError)

log = structlog.get_logger()


async def work_on_imports(settings: Settings) -> bool:
    """Check or import the file that waits longest; whether there was one."""
    storage, progress = open_storage(settings), Progress()
    async with progress.noting(), unit_of_work() as connection:
        row = await fetch_one(
            "select id, name, storage_key, size, language, state, confirmed_by from bulk_import"
            " where state = any($1) and pg_try_advisory_xact_lock($2)"
            " order by begun_at limit 1 for no key update skip locked",
            list(AT_WORK),
            IMPORT_LOCK,
        )
        if row is None:
            return False
        token = i18n.language.set(row["language"])
        try:
            await _work(connection, storage, row, progress)
        finally:
            i18n.language.reset(token)
    await delete_spent_files(storage)
    return True


async def _work(
    connection: asyncpg.Connection, storage: Storage, row: Record, progress: Progress
) -> None:
    attempts, outcome = await progress.begin(row["id"]), Outcome()
    try:
        if attempts > MOST_ATTEMPTS:
            raise Unreadable(_("The import was interrupted %(count)s times.", count=MOST_ATTEMPTS))
        outcome = await _read(storage, row, progress)
    except Unreadable as error:
        await _settle(connection, row["id"], ImportState.UNREADABLE, outcome, str(error))
    except PASSING:
        raise
    except Exception as error:
        log.error("defect", exc_info=error)
        message = _("The file cannot be read. See the portal's log for details.")
        await _settle(connection, row["id"], ImportState.UNREADABLE, Outcome(), message)
    else:
        good = ImportState.CHECKED if row["state"] == ImportState.CHECKING else ImportState.DONE
        state = ImportState.FAULTY if outcome.wrong else good
        await _settle(connection, row["id"], state, outcome)


async def _read(storage: Storage, row: Record, progress: Progress) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / readable_name(row["name"])
        with file.open("wb") as opened:
            async for piece in storage.read(row["storage_key"], 0, row["size"]):
                await asyncio.to_thread(opened.write, piece)
        others = await asyncio.to_thread(left_out, file)
        outcome = await import_lines(
            _limited(read_lines(file)),
            dry_run=row["state"] == ImportState.CHECKING,
            actor=row["confirmed_by"],
            report=progress.report,
            id=row["id"],
        )
    outcome.left_out = others
    return outcome


def _limited(lines: Iterable[Line | Fault]) -> Iterator[Line | Fault]:
    for number, line in enumerate(lines):
        if number == MOST_LINES:
            most = i18n.number(MOST_LINES)
            raise Unreadable(
                _("The file has more than %(most)s lines. Split it into smaller files.", most=most)
            )
        yield line


async def _settle(
    connection: asyncpg.Connection,
    id: UUID,
    state: ImportState,
    outcome: Outcome,
    reason: str = "",
) -> None:
    """Keep what came of it."""
    await BulkImport.update(
        {
            BulkImport.state: state.value,
            BulkImport.reason: reason,
            BulkImport.lines: json.dumps(outcome.lines),
            BulkImport.added: json.dumps(outcome.added),
            BulkImport.wrong: 0 if reason else outcome.wrong,
            BulkImport.moved_at: clock.now(),
            BulkImport.left_out: json.dumps(outcome.left_out),
        }
    ).where(BulkImport.id == id)
    faults = [] if reason else outcome.faults
    for begin in range(0, len(faults), FAULTS_AT_ONCE):
        some = enumerate(faults[begin : begin + FAULTS_AT_ONCE], begin + 1)
        records = [(uuid7(), id, n, f.kind, f.line, f.column, f.message) for n, f in some]
        await connection.copy_records_to_table(
            "bulk_import_fault", columns=FAULT_COLUMNS, records=records
        )
