"""Reads about resources, always through the contract that entitles to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from app import clock
from app.contracts.rules import SeenContract, Status
from app.database import fetch, fetch_value, row
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
class ListedResource:
    """A resource in a list, with the names of its products in each language."""

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    products_ja: list[str]
    products_en: list[str]


@dataclass(frozen=True)
class ListedProduct:
    """A product with a file."""

    code: str
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class ResourcePage:
    """One page of a list.

    Attributes:
        products: for the filter.
        following: the key of the page's last row where more follow.
    """

    resources: list[ListedResource]
    products: list[ListedProduct]
    following: Key | None


async def list_resources(contract: SeenContract, product: str, before: Key | None) -> ResourcePage:
    """Return the files of the products that can be used today, newest first, in one query.

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
    products, found = rows[0]["products"] or "[]", [tuple(row.values())[1:] for row in rows]
    listed = [ListedResource(*values) for values in found if values[0] is not None]
    shown = listed[:PAGE_ROWS]
    more = len(listed) > PAGE_ROWS
    return ResourcePage(
        resources=shown,
        products=msgspec.json.decode(products, type=list[ListedProduct]),
        following=(shown[-1].published_at, shown[-1].id) if more else None,
    )


async def find_resource(contract: SeenContract, id: UUID) -> SeenResource | None:
    """Return the resource, if the contract entitles to one of its products today."""
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
    """Return whether the log has a download by this person that this one may continue."""
    return bool(
        await fetch_value(
            "select exists (select 1 from audit_event where contract = $1 and actor = $2"
            " and at > $3 and event_type = 'resource-download' and subject = $4)",
            contract.id,
            person,
            clock.now() - RESUMED_WITHIN,
            resource,
        )
    )


def _runs(contract: SeenContract) -> bool:
    return contract.status in {Status.ACTIVE, Status.ENDS_SOON}
