"""Reads about resources, always through the contract that entitles to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.contracts.rules import SeenContract, Status
from app.database import fetch_value, row, rows
from app.resources.rules import RESUMED_WITHIN
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows

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
    """A resource in a list, with the ids of all its products."""

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    products: list[UUID]


@dataclass(frozen=True)
class ListedProduct:
    """A product with a file."""

    id: UUID
    code: str
    name_ja: str
    name_en: str


async def offered_products(contract: SeenContract) -> list[ListedProduct]:
    """Return the products with files that can be used today."""
    if not _runs(contract):
        return []
    return await rows(
        ListedProduct,
        f"select distinct p.id, p.code, p.name_ja, p.name_en {REACHABLE} order by p.code",
        contract.id,
        contract.today,
    )


RESOURCES = Listing(
    row=fields_of(ListedResource),
    columns="""r.id, r.name, r.version, r.size, r.sha256, r.published_at,
        array(select product from resource_product where resource = r.id) as products""",
    tables="resource r",
    key="r.id",
    always="r.withdrawn_at is null",
    orders={
        "newest": Order("r.published_at", down=True),
        "name": Order("r.name"),
        "size": Order("r.size", down=True),
    },
    search=words_in("r.name", "r.version"),
)


async def list_resources(products: list[ListedProduct], wanted: Wanted) -> Listed[ListedResource]:
    """Return the files of products, or of the one that is wanted.

    Args:
        products: those that the contract can use today.
    """
    code = wanted.chosen["product"]
    where = Where()
    where.add(
        "exists (select from resource_product where resource = r.id and product = any({}))",
        [product.id for product in products if code in ("", product.code)],
    )
    return await list_rows(RESOURCES, wanted, where)


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
