"""Reads about resources, always through the contract that entitles to them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import clock
from app.contracts.rules import SeenContract, Status
from app.database import Record, fetch, fetch_value, row
from app.resources.rules import RESUMED_WITHIN

PAGE_ROWS = 50
Key = tuple[datetime, UUID]

# What the contract $1 may have on the day $2: offered, and of a product it is entitled to.
REACHABLE = """
    from resource r
    join resource_product rp on rp.resource = r.id
    join product p on p.id = rp.product
    where r.withdrawn_at is null and exists (
        select 1 from entitlement e where e.contract = $1 and e.product = p.id
          and e.starts_on <= $2 and e.ends_on >= $2)
"""


@dataclass(frozen=True)
class SeenResource:
    """A resource that a contract may have today."""

    id: UUID
    name: str
    version: str
    media_type: str
    size: int
    sha256: str
    storage_key: str
    published_at: datetime


@dataclass(frozen=True)
class ResourcePage:
    """One page of a list.

    Attributes:
        products: those with a file, as code, name_ja and name_en, for the filter.
        following: the key of the page's last row where more follow.
    """

    resources: list[Record]
    products: list[Mapping[str, Any]]
    following: Key | None


async def list_resources(contract: SeenContract, product: str, before: Key | None) -> ResourcePage:
    """The files of the products that can be used today, newest first, in one query.

    Args:
        product: code of the product to show; all where it is empty.
        before: key of the last row already seen.
    """
    if not _runs(contract):
        return ResourcePage([], [], None)
    rows = await fetch(
        f"""
        select offered.products, found.*
        from (select json_agg(o order by o.code)::text as products
              from (select distinct p.code, p.name_ja, p.name_en {REACHABLE}) o) offered
        left join (
            select r.id, r.name, r.version, r.size, r.sha256, r.published_at,
                   array_agg(p.name_ja order by p.code) as products_ja,
                   array_agg(p.name_en order by p.code) as products_en
            {REACHABLE} and ($4::timestamptz is null or (r.published_at, r.id) < ($4, $5::uuid))
            group by r.id having $3 = '' or bool_or(p.code = $3)
            order by r.published_at desc, r.id desc limit {PAGE_ROWS + 1}
        ) found on true
        order by found.published_at desc, found.id desc
        """,
        contract.id,
        contract.today,
        product,
        *(before or (None, None)),
    )
    found = [row for row in rows if row["id"] is not None]
    shown = found[:PAGE_ROWS]
    more = len(found) > PAGE_ROWS
    return ResourcePage(
        resources=shown,
        products=json.loads(rows[0]["products"] or "[]"),
        following=(shown[-1]["published_at"], shown[-1]["id"]) if more else None,
    )


async def find_resource(contract: SeenContract, id: UUID) -> SeenResource | None:
    """The resource, if the contract entitles to one of its products today."""
    if not _runs(contract):
        return None
    return await row(
        SeenResource,
        "select r.id, r.name, r.version, r.media_type, r.size, r.sha256, r.storage_key,"
        f" r.published_at {REACHABLE} and r.id = $3 limit 1",
        contract.id,
        contract.today,
        id,
    )


async def began_lately(contract: SeenContract, resource: UUID, person: UUID) -> bool:
    """Whether the log has a download of this file by this person that this one may go on with."""
    return bool(
        await fetch_value(
            "select exists (select 1 from audit_event where contract = $1 and actor = $2"
            " and at > $3 and act = 'resource-download' and subject = $4)",
            contract.id,
            person,
            clock.now() - RESUMED_WITHIN,
            resource,
        )
    )


def _runs(contract: SeenContract) -> bool:
    return contract.status in {Status.ACTIVE, Status.ENDS_SOON}
