"""Reads about resources and uploads, as the staff see them."""

import json
from typing import Any
from uuid import UUID

from app import clock
from app.database import Record, fetch, fetch_one
from app.resources.upload_services import KEPT
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

MOST_UPLOADS = 50
RESOURCES = Source(
    columns="""r.id, r.name, r.version, r.size, r.sha256, r.published_at, r.withdrawn_at,
        (select string_agg(p.code, ', ' order by p.code) from resource_product x
         join product p on p.id = x.product where x.resource = r.id) as products""",
    tables="resource r",
    key="r.id",
    orders={"newest": Order("r.published_at", down=True), "name": Order("r.name")},
)
STATES = {"offered": "r.withdrawn_at is null", "withdrawn": "r.withdrawn_at is not null"}


async def list_resources(search: str, *, state: str, order: str, after: UUID | None) -> Listed:
    """Resources whose name, version or SHA-256 has the words, of one state or of all."""
    where = Where()
    where.contains(search, "r.name", "r.version", "r.sha256")
    if state:
        where.add(STATES[state])
    return await list_rows(RESOURCES, where, order=order, after=after)


UPLOAD = """
    select r.id, r.name, r.size, r.sha256, r.begun_at, u.name as uploaded_by
    from resource_upload r left join portal_user u on u.id = r.uploaded_by
    where r.size is not null and r.begun_at > $1
"""


async def list_uploads() -> list[Record]:
    """Uploads that wait to be published, the newest first."""
    since = clock.now() - KEPT
    return list(await fetch(f"{UPLOAD} order by r.begun_at desc limit {MOST_UPLOADS}", since))


async def find_upload(id: UUID) -> Record | None:
    """An upload that waits to be published."""
    return await fetch_one(f"{UPLOAD} and r.id = $2", clock.now() - KEPT, id)


async def find_resource(id: UUID) -> dict[str, Any] | None:
    """A resource with its products: each id, code, name_ja and name_en."""
    row = await fetch_one(
        """
        select r.*, (select json_agg(json_build_object('id', p.id, 'code', p.code,
                        'name_ja', p.name_ja, 'name_en', p.name_en) order by p.code)
                     from resource_product x join product p on p.id = x.product
                     where x.resource = r.id)::text as products
        from resource r where r.id = $1
        """,
        id,
    )
    return {**row, "products": json.loads(row["products"] or "[]")} if row else None
