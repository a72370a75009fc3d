"""Reads about signed manifests."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from app.database import fetch, fetch_value, row, rows
from app.resources.manifest_rules import SignedFacts, SignedProduct


@dataclass(frozen=True)
class StoredFile:
    """A file in storage, as it was when it was uploaded.

    Attributes:
        id: of the upload or the resource.
        signed_before: whether it has a manifest of an older keyset: then it was read again once.
    """

    id: UUID
    size: int
    sha256: str
    storage_key: str
    signed_before: bool


async def find_uploaded_file(upload: UUID) -> StoredFile | None:
    """Return the file of an upload that came in whole."""
    return await row(
        StoredFile,
        "select id, size, sha256, storage_key, false as signed_before from resource_upload"
        " where id = $1 and size is not null",
        upload,
    )


async def find_published_file(resource: UUID) -> StoredFile | None:
    """Return the file of a resource that is offered."""
    return await row(
        StoredFile,
        "select r.id, r.size, r.sha256, r.storage_key, m.id is not null as signed_before"
        " from resource r left join resource_manifest m on m.resource = r.id"
        " where r.id = $1 and r.withdrawn_at is null",
        resource,
    )


async def next_unsigned(without: Collection[UUID]) -> StoredFile | None:
    """Return the newest resource that has no manifest of the keyset in force.

    Args:
        without: resources to pass over.
    """
    return await row(
        StoredFile,
        """
        with newest as (select max(version) as version from keyset where signed is not null)
        select r.id, r.size, r.sha256, r.storage_key, m.id is not null as signed_before
        from newest join resource r on newest.version is not null
        left join resource_manifest m on m.resource = r.id
        where r.withdrawn_at is null and coalesce(m.keyset_version, 0) < newest.version
          and r.id <> all($1::uuid[])
        order by r.published_at desc, r.id desc limit 1
        """,
        list(without),
    )


async def count_unsigned() -> int:
    """Return how many resources have no manifest of the keyset in force."""
    found: int = await fetch_value(
        "select count(*)::int from resource r left join resource_manifest m on m.resource = r.id"
        " where r.withdrawn_at is null and coalesce(m.keyset_version, 0) <"
        " coalesce((select max(version) from keyset where signed is not null), 1)"
    )
    return found


async def signed_facts(resource: UUID) -> SignedFacts:
    """Return what a manifest says of a resource."""
    [found] = await fetch(
        "select name, version, size, sha256, security_fix from resource where id = $1", resource
    )
    products = await rows(
        SignedProduct,
        "select p.code, p.name_ja, p.name_en from resource_product x"
        " join product p on p.id = x.product where x.resource = $1 order by p.code",
        resource,
    )
    return SignedFacts(
        name=found["name"],
        version=found["version"],
        size=found["size"],
        sha256=found["sha256"],
        security_fix=found["security_fix"],
        products=products,
    )


async def find_manifest(resource: UUID) -> str | None:
    """Return the signed manifest of a resource."""
    text: str | None = await fetch_value(
        "select content from resource_manifest where resource = $1", resource
    )
    return text
