"""The vendor's side: uploads, publishing, tying to products, and taking off."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from app import clock
from app.database import Gone, fetch, fetch_value
from app.resources.services import (
    change_products,
    delete_withdrawn_files,
    publish_resource,
    withdraw_resource,
)
from app.resources.upload_services import (
    KEPT,
    discard_old_uploads,
    discard_upload,
    upload_file,
)
from app.storage import FileTooLarge, Storage, open_storage
from tests.conftest import Portal, Stage
from tests.resources.files import WORKFLOW, chunks, file_path, product_id, resource_id

CONTENT = b"%PDF-1.4 a manual"
NAME = "手引き.pdf"


@pytest.fixture
def storage(portal: Portal) -> Storage:
    """Where the portal keeps its files."""
    return open_storage(portal.settings)


async def staff_id() -> UUID:
    """The vendor's administrator."""
    id: UUID = await fetch_value("select id from portal_user where code = 'staff'")
    return id


async def uploaded(storage: Storage, *parts: bytes, **wanted: Any) -> UUID:
    """An upload by the vendor's administrator."""
    given = {"name": NAME, "media_type": "application/pdf", "actor": await staff_id()}
    return await upload_file(storage, chunks(*(parts or (CONTENT,))), **{**given, **wanted})


async def event_types(subject: UUID) -> list[str]:
    """What the audit log has of something, in order."""
    rows = await fetch("select event_type from audit_event where subject = $1 order by id", subject)
    return [row["event_type"] for row in rows]


async def kept(storage: Storage, upload: UUID) -> bool:
    """Whether storage has the upload's file."""
    try:
        return bool([piece async for piece in storage.read(f"resources/{upload}", 0, 1)])
    except FileNotFoundError:
        return False


def crash_while_writing(folder: Path, upload: UUID) -> Path:
    """What the local store leaves beside a file when the process is killed."""
    begun = folder / f"{upload}#1"
    begun.write_bytes(b"half a file")
    return begun


async def test_an_uploaded_file_is_published_for_its_products(
    storage: Storage, member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    upload = await uploaded(storage, CONTENT[:5], CONTENT[5:])
    staff = await staff_id()
    assert NAME not in (await member.get("/contracts/D-1001/resources")).text
    resource = await publish_resource(
        upload=upload, version="1.0", products=[await product_id("ANALYTICS")] * 2, actor=staff
    )
    answer = await member.get(await file_path(NAME))
    assert answer.content == CONTENT
    assert answer.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert (await outsider.get(await file_path(NAME, "D-2001"))).status_code == 404
    assert await event_types(resource) == ["resource-publication", "resource-download"]
    assert await event_types(upload) == ["resource-upload"]


async def test_an_upload_is_published_once(storage: Storage) -> None:
    upload, products = await uploaded(storage), [await product_id("WORKFLOW")]

    async def publish() -> UUID:
        return await publish_resource(upload=upload, version="1", products=products, actor=None)

    results = await asyncio.gather(*(publish() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, UUID) for result in results) == 1
    assert sum(isinstance(result, Gone) for result in results) == 4


async def test_an_upload_that_breaks_off_leaves_neither_row_nor_file(storage: Storage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await upload_file(storage, broken(), name=NAME, media_type="x/y", actor=None)
    with pytest.raises(FileTooLarge):
        await uploaded(storage, b"12345", limit=4)
    assert await fetch_value("select count(*)::int from resource_upload") == 0


async def test_what_nobody_publishes_is_thrown_away_in_time(
    storage: Storage, portal: Portal
) -> None:
    old, new = await uploaded(storage), await uploaded(storage)
    long_ago = clock.now() - KEPT - timedelta(minutes=1)
    await fetch("update resource_upload set begun_at = $2 where id = $1", old, long_ago)
    # A process that was killed in the middle leaves a row without a size, and what it had written.
    crashed = UUID(int=9)
    await fetch(
        "insert into resource_upload (id, storage_key, name, media_type, begun_at)"
        " values ($1, $2, 'x', 'x/y', $3)",
        crashed,
        f"resources/{crashed}",
        long_ago,
    )
    begun = crash_while_writing(portal.settings.data_dir / "storage" / "resources", crashed)
    assert await discard_old_uploads(storage) == 2
    assert not await asyncio.to_thread(begun.exists)
    assert (await kept(storage, old), await kept(storage, new)) == (False, True)
    with pytest.raises(Gone):
        await publish_resource(upload=old, version="1", products=[UUID(int=1)], actor=None)


async def test_an_upload_can_be_thrown_away_at_once(storage: Storage) -> None:
    upload, staff = await uploaded(storage), await staff_id()
    await discard_upload(storage, upload=upload, actor=staff)
    await discard_upload(storage, upload=upload, actor=staff)
    assert not await kept(storage, upload)
    assert await event_types(upload) == ["resource-upload", "resource-upload-discard"]


@pytest.mark.parametrize("keep_file", [True, False])
async def test_a_withdrawn_file_is_not_found_and_goes_if_it_is_to_go(
    storage: Storage, member: httpx.AsyncClient, *, keep_file: bool
) -> None:
    upload, staff = await uploaded(storage), await staff_id()
    products = [await product_id("WORKFLOW")]
    resource = await publish_resource(upload=upload, version="1", products=products, actor=staff)
    path = await file_path(NAME)
    assert (await member.get(path)).status_code == 200
    await withdraw_resource(resource=resource, keep_file=keep_file, actor=staff)
    assert (await member.get(path)).status_code == 404
    assert await delete_withdrawn_files(storage) == (0 if keep_file else 1)
    assert await delete_withdrawn_files(storage) == 0
    assert await kept(storage, upload) == keep_file
    with pytest.raises(Gone):
        await withdraw_resource(resource=resource, keep_file=True, actor=staff)
    with pytest.raises(Gone):
        await change_products(resource=resource, products=products, actor=staff)
    noted = await event_types(resource)
    assert noted == ["resource-publication", "resource-download", "resource-withdrawal"]


async def test_other_products_reach_other_people(
    member: httpx.AsyncClient, storage: Storage
) -> None:
    resource, staff = await resource_id(WORKFLOW), await staff_id()
    path = await file_path(WORKFLOW)
    await change_products(resource=resource, products=[await product_id("MOBILE")], actor=staff)
    assert (await member.get(path)).status_code == 404
    both = [await product_id("MOBILE"), await product_id("PLATFORM")]
    await change_products(resource=resource, products=both, actor=staff)
    assert (await member.get(path)).status_code == 200


@pytest.mark.parametrize(
    "sql",
    [
        "update resource set sha256 = repeat('0', 64)",
        "update resource set size = size + 1",
        "update resource set storage_key = storage_key || 'x'",
        "update resource set keeps_file = false",
        "update resource set file_deleted_at = now()",
        "update resource set withdrawn_at = now() + interval '1 hour' where withdrawn_at < now();"
        "update resource set withdrawn_at = null where withdrawn_at is not null",
        "insert into resource_upload values"
        " (gen_random_uuid(), 'k', 'n', 'm', 5, null, null, now())",
        "insert into resource_upload values"
        " (gen_random_uuid(), 'k', 'n', 'm', 5, 'not a hash', null, now())",
    ],
)
async def test_the_database_lets_no_published_file_become_another(
    stage: Stage, database: str, sql: str
) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("update resource set withdrawn_at = now() where name like '帳票%'")
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(sql)
    finally:
        await connection.close()
