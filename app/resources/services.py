"""Publishing resources, tying them to products, and taking them off."""

from collections.abc import Sequence
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import Gone, fetch, fetch_one, lock_row, unit_of_work
from app.resources.tables import Resource, ResourceProduct
from app.storage import Storage


async def publish_resource(
    *, upload: UUID, version: str, products: Sequence[UUID], actor: UUID | None
) -> UUID:
    """Offer an uploaded file to everybody whose contract has one of the products.

    Raises:
        Gone: a repeat, or the upload was thrown away.
    """
    assert products, "a file without a product reaches nobody"
    async with unit_of_work():
        row = await fetch_one(
            "delete from resource_upload where id = $1 and size is not null"
            " returning name, media_type, size, sha256, storage_key",
            upload,
        )
        if row is None:
            raise Gone
        resource = Resource(**row, version=version, published_at=clock.now())
        await Resource.insert(resource)
        await _tie(resource.id, products)
        await record("resource-publication", actor=actor, subject=resource.id)
    return resource.id


async def change_products(
    *, resource: UUID, products: Sequence[UUID], actor: UUID, revision: int | None = None
) -> None:
    """Offer a resource to whoever has one of these products, and to nobody else.

    Args:
        revision: the one that was looked at; None for any.

    Raises:
        Changed: it has another one by now.
        Gone: it was withdrawn.
    """
    assert products, "to take a file off is a withdrawal"
    async with unit_of_work():
        await _lock_offered(resource, revision)
        await fetch("delete from resource_product where resource = $1", resource)
        await _tie(resource, products)
        # Counts the revision.
        await fetch("update resource set version = version where id = $1", resource)
        await record(
            "resource-products-change", actor=actor, subject=resource, products=list(products)
        )


async def withdraw_resource(
    *, resource: UUID, keep_file: bool, actor: UUID, revision: int | None = None
) -> None:
    """Take a resource off: from now on nobody finds it. Without `keep_file` its file goes too.

    The file goes after the change is safe; see `delete_withdrawn_files`.

    Raises:
        Changed: it has another revision by now.
        Gone: it was withdrawn already.
    """
    async with unit_of_work():
        await _lock_offered(resource, revision)
        await fetch(
            "update resource set withdrawn_at = $2, keeps_file = $3 where id = $1",
            resource,
            clock.now(),
            keep_file,
        )
        await record("resource-withdrawal", actor=actor, subject=resource, file_kept=keep_file)


async def delete_withdrawn_files(storage: Storage) -> int:
    """Delete the files that no resource keeps any more; how many. A crash repeats some."""
    rows = await fetch(
        "select id, storage_key from resource where not keeps_file and file_deleted_at is null"
    )
    for row in rows:
        await storage.delete(row["storage_key"])
        await fetch(
            "update resource set file_deleted_at = $2 where id = $1", row["id"], clock.now()
        )
    return len(rows)


async def _tie(resource: UUID, products: Sequence[UUID]) -> None:
    await ResourceProduct.insert(
        *(ResourceProduct(resource=resource, product=product) for product in sorted(set(products)))
    )


async def _lock_offered(resource: UUID, revision: int | None) -> None:
    offered = (Resource.id == resource) & Resource.withdrawn_at.is_null()
    await lock_row(Resource, offered, revision=revision)
