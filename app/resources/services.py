"""Publishing resources, tying them to products, and taking them off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app import clock
from app.activation.signing import Office
from app.audit.services import record
from app.database import Gone, lock_row, unit_of_work
from app.resources.manifest_services import keep_manifest
from app.resources.tables import (
    Resource,
    ResourceManifest,
    ResourceProduct,
    ResourceUpload,
)
from app.storage import Storage

# What an upload hands on to the resource that it becomes.
FILE = (
    *(ResourceUpload.name, ResourceUpload.media_type, ResourceUpload.size),
    *(ResourceUpload.sha256, ResourceUpload.storage_key),
)


async def publish_resource(
    *,
    upload: UUID,
    version: str,
    products: Sequence[UUID],
    actor: UUID | None,
    security_fix: bool = False,
    office: Office | None = None,
) -> UUID:
    """Offer an uploaded file to all people whose contract has one of the products.

    Args:
        security_fix: whether it stays available for some months after a term.
        office: signs its manifest; None leaves it unsigned for now.

    Raises:
        Gone: a repeat, or the upload was thrown away.
    """
    assert products, "a file without a product reaches no one"
    async with unit_of_work():
        whole = (ResourceUpload.id == upload) & ResourceUpload.size.is_not_null()
        taken = await ResourceUpload.delete().where(whole).returning(*FILE)
        if not taken:
            raise Gone
        resource = Resource(
            **taken[0], version=version, published_at=clock.now(), security_fix=security_fix
        )
        await Resource.insert(resource)
        await _tie(resource.id, products)
        signed = office is not None and await keep_manifest(office, resource.id)
        await record("resource-publication", actor=actor, subject=resource.id, signed=signed)
    return resource.id


async def change_products(
    *,
    resource: UUID,
    products: Sequence[UUID],
    actor: UUID,
    security_fix: bool | None = None,
    office: Office | None = None,
    revision: int | None = None,
) -> None:
    """Offer a resource only to people whose contract has one of these products.

    Without an office, its manifest goes: it would name other products than the list.

    Args:
        security_fix: whether it is one from now on; None leaves it as it is.
        office: signs the new manifest; None leaves it unsigned for now.
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
        # Counts the revision, whatever changes.
        change = Resource.security_fix if security_fix is None else security_fix
        await Resource.update({Resource.security_fix: change}).where(Resource.id == resource)
        if office is None or not await keep_manifest(office, resource):
            await ResourceManifest.delete().where(ResourceManifest.resource == resource)
        event: dict[str, Any] = {"products": list(products)}
        if security_fix is not None:
            event["security_fix"] = security_fix
        await record("resource-products-change", actor=actor, subject=resource, **event)


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
