"""Reads about resources and uploads, as the staff see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.database import row, rows
from app.resources.upload_services import KEPT
from app.web.lists.listings import Listing, Order, fields_of, words_in

MOST_UPLOADS = 50
CODES = """(select string_agg(p.code, ', ' order by p.code) from resource_product x
    join product p on p.id = x.product where x.resource = r.id)"""

STATES = {"offered": "r.withdrawn_at is null", "withdrawn": "r.withdrawn_at is not null"}


@dataclass(frozen=True)
class ListedResource:
    """A resource in the list; `products` are the codes of its products."""

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    withdrawn_at: datetime | None
    products: str | None
    security_fix: bool
    signed_at: datetime | None
    sbom: UUID | None


RESOURCES = Listing(
    row=fields_of(ListedResource),
    columns=f"""r.id, r.name, r.version, r.size, r.sha256, r.published_at, r.withdrawn_at,
        {CODES} as products, r.security_fix,
        (select signed_at from resource_manifest where resource = r.id) as signed_at,
        (select id from resource_sbom where resource = r.id) as sbom""",
    tables="resource r",
    key="r.id",
    orders={"newest": Order("r.published_at", down=True), "name": Order("r.name")},
    search=words_in("r.name", "r.version", "r.sha256"),
    filters={"state": STATES},
)


@dataclass(frozen=True)
class WaitingUpload:
    """A file that came in whole and is not published yet; who brought it may be deleted."""

    id: UUID
    name: str
    size: int
    sha256: str
    begun_at: datetime
    uploaded_by: str | None


@dataclass(frozen=True)
class PublishedFile:
    """A resource.

    Attributes:
        products: ids of its products.
        codes: the codes of its products.
        signed_at: when its newest manifest was signed; None without one.
        sbom, sbom_format, sbom_version, components, attached_at: its bill of materials, if any.
    """

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    withdrawn_at: datetime | None
    keeps_file: bool
    revision: int
    products: list[UUID]
    codes: str
    security_fix: bool
    signed_at: datetime | None
    sbom: UUID | None
    sbom_format: str | None
    sbom_version: str | None
    components: int | None
    attached_at: datetime | None


UPLOAD = """
    select r.id, r.name, r.size, r.sha256, r.begun_at, u.name as uploaded_by
    from resource_upload r left join portal_user u on u.id = r.uploaded_by
    where r.size is not null and r.begun_at > $1
"""


async def list_uploads() -> list[WaitingUpload]:
    """Return the uploads that wait to be published, the newest first."""
    return await rows(
        WaitingUpload,
        f"{UPLOAD} order by r.begun_at desc limit {MOST_UPLOADS}",
        clock.now() - KEPT,
    )


async def find_upload(id: UUID) -> WaitingUpload | None:
    """Return an upload that waits to be published."""
    return await row(WaitingUpload, f"{UPLOAD} and r.id = $2", clock.now() - KEPT, id)


async def find_resource(id: UUID) -> PublishedFile | None:
    """Return a resource."""
    return await row(
        PublishedFile,
        f"""
        select r.id, r.name, r.version, r.size, r.sha256, r.published_at, r.withdrawn_at,
               r.keeps_file, r.revision,
               array(select product from resource_product where resource = r.id) as products,
               coalesce({CODES}, '') as codes, r.security_fix, m.signed_at,
               b.id as sbom, b.format as sbom_format, b.spec_version as sbom_version,
               b.components, b.attached_at
        from resource r left join resource_manifest m on m.resource = r.id
        left join resource_sbom b on b.resource = r.id where r.id = $1
        """,
        id,
    )
