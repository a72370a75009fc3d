"""Files to import: uploaded, confirmed, thrown away, and swept once they are over."""

from collections.abc import AsyncIterable
from datetime import timedelta
from uuid import UUID

from piccolo.custom_types import Combinable

from app import clock
from app.audit.services import record
from app.database import unit_of_work
from app.imports.rules import MOST_BYTES, OVER, ImportState
from app.imports.tables import BulkImport, BulkImportProgress
from app.storage import Storage
from app.web.file_names import clean_file_name

# As long as a confirm step may be thought about.
FILE_KEPT = timedelta(hours=48)
RESULT_KEPT = timedelta(days=30)


async def upload_import(
    storage: Storage,
    chunks: AsyncIterable[bytes],
    *,
    name: str,
    language: str,
    actor: UUID,
    limit: int = MOST_BYTES,
) -> UUID:
    """Stream a file into storage; a worker checks it then. The import's id.

    Whatever interrupts it, nothing stays: at once where this process lives on, else by the sweep.

    Args:
        language: of its faults.

    Raises:
        FileTooLarge: more than `limit` bytes came.
        StorageError: the store refuses or does not answer.
    """
    now = clock.now()
    upload = BulkImport(
        name=clean_file_name(name),
        language=language,
        uploaded_by=actor,
        begun_at=now,
        moved_at=now,
        lines="{}",
        added="{}",
        wrong=0,
        left_out="[]",
        reason="",
    )
    upload.storage_key = f"imports/{upload.id}"
    await BulkImport.insert(upload)
    try:
        file = await storage.store(upload.storage_key, chunks, limit=limit)
    except BaseException:
        await BulkImport.delete().where(BulkImport.id == upload.id)
        raise
    async with unit_of_work():
        await BulkImport.update(
            {
                BulkImport.state: ImportState.CHECKING.value,
                BulkImport.size: file.size,
                BulkImport.sha256: file.sha256,
                BulkImport.moved_at: clock.now(),
            }
        ).where(BulkImport.id == upload.id)
        await record("import-upload", actor=actor, subject=upload.id, name=upload.name)
    return UUID(str(upload.id))


async def confirm_import(id: UUID, *, actor: UUID) -> bool:
    """Leave a checked file to the workers; False if it has changed."""
    async with unit_of_work():
        moved = (
            await BulkImport.update(
                {
                    BulkImport.state: ImportState.IMPORTING.value,
                    BulkImport.confirmed_by: actor,
                    BulkImport.moved_at: clock.now(),
                }
            )
            .where(_checked(id) & BulkImport.size.is_not_null())
            .returning(BulkImport.id)
        )
        if moved:
            # The import has as many attempts as the check had.
            await BulkImportProgress.delete().where(BulkImportProgress.import_ == id)
    return bool(moved)


def _checked(id: UUID) -> Combinable:
    return (BulkImport.id == id) & (BulkImport.state == ImportState.CHECKED.value)


async def discard_import(id: UUID, *, actor: UUID) -> bool:
    """Throw a checked file away; False if it has changed."""
    async with unit_of_work():
        discarded = (
            await BulkImport.update(
                {
                    BulkImport.state: ImportState.DISCARDED.value,
                    BulkImport.moved_at: clock.now(),
                }
            )
            .where(_checked(id))
            .returning(BulkImport.name)
        )
        if not discarded:
            return False
        await record("import-discard", actor=actor, subject=id, name=discarded[0]["name"])
    return True


async def sweep_imports(storage: Storage) -> None:
    """Give up files not confirmed in time, and delete results past their time."""
    now = clock.now()
    waiting = [ImportState.UPLOADING.value, ImportState.CHECKED.value]
    await BulkImport.update(
        {BulkImport.state: ImportState.DISCARDED.value, BulkImport.moved_at: now}
    ).where(BulkImport.state.is_in(waiting) & (BulkImport.moved_at <= now - FILE_KEPT))
    await delete_spent_files(storage)
    await BulkImport.delete().where(
        BulkImport.file_deleted_at.is_not_null() & (BulkImport.moved_at <= now - RESULT_KEPT)
    )


async def delete_spent_files(storage: Storage) -> None:
    """Delete the files of imports that are over.

    The file goes first: a crash in between leaves the row, and the next sweep continues.
    """
    over = BulkImport.state.is_in([state.value for state in OVER])
    for row in await BulkImport.select(BulkImport.id, BulkImport.storage_key).where(
        BulkImport.file_deleted_at.is_null(), over
    ):
        await storage.delete(row["storage_key"])
        await BulkImport.update({BulkImport.file_deleted_at: clock.now()}).where(
            BulkImport.id == row["id"]
        )
