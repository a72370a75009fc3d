"""Publishing resources, tying them to products, and taking them off."""

from collections.abc import Sequence
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import Gone, lock_row, unit_of_work
from app.resources.tables import Resource, ResourceProduct, ResourceUpload
from app.storage import Storage

# What an upload hands on to the resource that it becomes.
FILE = (
    *(ResourceUpload.name, ResourceUpload.media_type, ResourceUpload.size),
    *(ResourceUpload.sha256, ResourceUpload.storage_key),
)


async def publish_resource(
    *, upload: UUID, version: str, products: Sequence[UUID], actor: UUID | None
) -> UUID:
    """Offer an uploaded file to all people whose contract has one of the products.

    Raises:
        Gone: a repeat, or the upload was thrown away.
    """
    assert products, "a file without a product reaches no one"
    async with unit_of_work():
        whole = (ResourceUpload.id == upload) & ResourceUpload.size.is_not_null()
        taken = await ResourceUpload.delete().where(whole).returning(*FILE)
        if not taken:
            raise Gone
        resource = Resource(**taken[0], version=version, published_at=clock.now())
        await Resource.insert(resource)
        await _tie(resource.id, products)
        await record("resource-publication", actor=actor, subject=resource.id)
    return resource.id


async def change_products(
    *, resource: UUID, products: Sequence[UUID], actor: UUID, revision: int | None = None
) -> None:
    """Offer a resource only to people whose contract has one of these products.

    Args:
        revision: the one that was looked at; None for any.

    Raises:
        Changed: it has another one by now.
        Gone: it was withdrawn.
    """
    assert products, "to take a file off is a withdrawal"
    async with unit_of_work():
        await _lock_offered(resource, revision)
        await ResourceProduct.delete().where(ResourceProduct.resource == resource)
        await _tie(resource, products)
        # Counts the revision.
        await Resource.update({Resource.version: Resource.version}).where(Resource.id == resource)
        await record(
            "resource-products-change", actor=actor, subject=resource, products=list(products)
        )


async def withdraw_resource(
    *, resource: UUID, keep_file: bool, actor: UUID, revision: int | None = None
) -> None:
    """Withdraw a resource: from now on it is not found. Without `keep_file` its file goes too.

    The file goes after the change is safe; see `delete_withdrawn_files`.

    Raises:
        Changed: it has another revision by now.
        Gone: it was withdrawn already.
    """
    async with unit_of_work():
        await _lock_offered(resource, revision)
        await Resource.update(
            {Resource.withdrawn_at: clock.now(), Resource.keeps_file: keep_file}
        ).where(Resource.id == resource)
        await record("resource-withdrawal", actor=actor, subject=resource, file_kept=keep_file)


async def delete_withdrawn_files(storage: Storage) -> int:
    """Delete the files that no resource needs; return how many. A crash repeats some."""
    rows = await Resource.select(Resource.id, Resource.storage_key).where(
        Resource.keeps_file.eq(False), Resource.file_deleted_at.is_null()
    )
    for row in rows:
        await storage.delete(row["storage_key"])
        await Resource.update({Resource.file_deleted_at: clock.now()}).where(
            Resource.id == row["id"]
        )
    return len(rows)


async def _tie(resource: UUID, products: Sequence[UUID]) -> None:
    await ResourceProduct.insert(
        *(ResourceProduct(resource=resource, product=product) for product in sorted(set(products)))
    )


async def _lock_offered(resource: UUID, revision: int | None) -> None:
    offered = (Resource.id == resource) & Resource.withdrawn_at.is_null()
    await lock_row(Resource, offered, revision=revision)
