"""Uploads: streamed into storage, kept until they are published, else thrown away."""

from collections.abc import AsyncIterable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts.queries import find_person
from app.audit.services import record
from app.database import Gone, lock_row, unit_of_work
from app.resources.rules import MOST_BYTES
from app.resources.tables import ResourceUpload
from app.storage import Storage
from app.web.file_names import clean_file_name

# As long as a confirm step may be thought about.
KEPT = timedelta(hours=48)


async def upload_file(
    storage: Storage,
    chunks: AsyncIterable[bytes],
    *,
    name: str,
    media_type: str,
    actor: UUID | None,
    limit: int = MOST_BYTES,
) -> UUID:
    """Stream a file into storage; it waits there to be published. The upload's id.

    Whatever interrupts it, nothing stays: at once where this process lives on, else by
    `discard_old_uploads`.

    Raises:
        FileTooLarge: more than `limit` bytes came.
        StorageError: the store refuses or does not answer.
    """
    upload = ResourceUpload(
        name=clean_file_name(name),
        media_type=media_type,
        uploaded_by=await find_person(actor) if actor else None,
        begun_at=clock.now(),
    )
    upload.storage_key = f"resources/{upload.id}"
    await ResourceUpload.insert(upload)
    try:
        file = await storage.store(upload.storage_key, chunks, limit=limit)
    except BaseException:
        await ResourceUpload.delete().where(ResourceUpload.id == upload.id)
        raise
    async with unit_of_work():
        await ResourceUpload.update(
            {ResourceUpload.size: file.size, ResourceUpload.sha256: file.sha256}
        ).where(ResourceUpload.id == upload.id)
        await record("resource-upload", actor=actor, subject=upload.id, name=upload.name)
    return UUID(str(upload.id))


async def discard_upload(storage: Storage, *, upload: UUID, actor: UUID) -> None:
    """Throw an unpublished upload away; a repeat does nothing."""
    async with unit_of_work():
        discarded = (
            await ResourceUpload.update({ResourceUpload.begun_at: clock.now() - KEPT})
            .where(ResourceUpload.id == upload)
            .returning(ResourceUpload.name)
        )
        if not discarded:
            return
        name = discarded[0]["name"]
        await record("resource-upload-discard", actor=actor, subject=upload, name=name)
    await discard_old_uploads(storage)


async def discard_old_uploads(storage: Storage) -> int:
    """Throw away what was uploaded, or half uploaded, and not published in time; how many.

    The file goes first: a crash in between leaves the row, and the next sweep continues.
    """
    rows = await ResourceUpload.select(ResourceUpload.id, ResourceUpload.storage_key).where(
        ResourceUpload.begun_at <= clock.now() - KEPT
    )
    for row in rows:
        await _discard(storage, row["id"], row["storage_key"])
    return len(rows)


async def _discard(storage: Storage, upload: UUID, key: str) -> None:
    """Delete an upload's file and row, unless it has been published."""
    with suppress(Gone):
        async with unit_of_work():
            # Locked, so that no one publishes the file while it is deleted.
            await lock_row(ResourceUpload, ResourceUpload.id == upload)
            await storage.delete(key)
            await ResourceUpload.delete().where(ResourceUpload.id == upload)
