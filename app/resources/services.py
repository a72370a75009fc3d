"""Publishing resources."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import unit_of_work
from app.resources.tables import Resource, ResourceProduct
from app.storage import StoredFile


async def publish_resource(
    *,
    name: str,
    version: str,
    media_type: str,
    file: StoredFile,
    products: list[UUID],
    actor: UUID | None,
) -> UUID:
    """Offer a stored file to everybody whose contract has one of the products."""
    resource = Resource(
        name=name,
        version=version,
        media_type=media_type,
        size=file.size,
        sha256=file.sha256,
        storage_key=file.key,
        published_at=clock.now(),
    )
    async with unit_of_work():
        await Resource.insert(resource)
        await ResourceProduct.insert(
            *(ResourceProduct(resource=resource.id, product=product) for product in products)
        )
        await record("resource-publication", actor=actor, subject=resource.id)
    return resource.id
