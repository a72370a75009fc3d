"""Reads about resources, always through the contract that entitles to them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.contracts.rules import SeenContract, Status
from app.database import fetch_value, row, rows
from app.resources.rules import RESUMED_WITHIN
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows

# The products that the contract $1 has had up to its day $2. An entitlement ends with the contract,
# on $3, at the latest. Security fixes stay for $4 months after that.
GRANTED = """
    with term as (
        select product, least(ends_on, $3) as last_day from entitlement
        where contract = $1 and starts_on <= $2 and starts_on <= $3
    ), granted as (
        select product, max(last_day) >= $2 as running, least(
            (max(last_day) + make_interval(months => $4))::date, date '9999-12-31') as fixes_until
        from term group by product
    )
"""


@dataclass(frozen=True)
class SeenResource:
    """A resource that a contract may have today.

    Attributes:
        sbom: the id of its bill of materials, if it has one.
        sbom_format, sbom_version: CycloneDX or SPDX, and the version of that format.
    """

    id: UUID
    name: str
    version: str
    media_type: str
    size: int
    sha256: str
    storage_key: str
    published_at: datetime
    security_fix: bool
    sbom: UUID | None
    sbom_format: str | None
    sbom_version: str | None


@dataclass(frozen=True)
class ListedResource:
    """A resource in a list, with the ids of all its products.

    Attributes:
        signed, sbom: whether it has a signed manifest, and a bill of materials.
    """

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    products: list[UUID]
    security_fix: bool
    signed: bool
    sbom: bool


@dataclass(frozen=True)
class ListedProduct:
    """A product with a file.

    Attributes:
        running: whether it can be used today; else only security fixes are offered.
        fixes_until: the last day of its security fixes.
    """

    id: UUID
    code: str
    name_ja: str
    name_en: str
    running: bool
    fixes_until: date


async def offered_products(contract: SeenContract, months: int) -> list[ListedProduct]:
    """Return the products with files that the contract may have today.

    Args:
        months: how long security fixes are offered after a term.
    """
    if contract.status is Status.NOT_STARTED:
        return []
    return await rows(
        ListedProduct,
        f"""
        {GRANTED}
        select p.id, p.code, p.name_ja, p.name_en, g.running, g.fixes_until
        from granted g join product p on p.id = g.product
        where (g.running or g.fixes_until >= $2) and exists (
            select from resource_product x join resource r on r.id = x.resource
            where x.product = p.id and r.withdrawn_at is null and (g.running or r.security_fix))
        order by p.code
        """,
        *_term(contract, months),
    )


RESOURCES = Listing(
    row=fields_of(ListedResource),
    columns="""r.id, r.name, r.version, r.size, r.sha256, r.published_at,
        array(select product from resource_product where resource = r.id) as products,
        r.security_fix, exists (select from resource_manifest where resource = r.id) as signed,
        exists (select from resource_sbom where resource = r.id) as sbom""",
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
        products: those that `offered_products` returned; of one that has ended, only fixes.
    """
    code = wanted.chosen["product"]
    chosen = [product for product in products if code in ("", product.code)]
    where = Where()
    where.add(
        "exists (select from resource_product where resource = r.id and"
        " (product = any({}) or r.security_fix and product = any({})))",
        [product.id for product in chosen if product.running],
        [product.id for product in chosen if not product.running],
    )
    return await list_rows(RESOURCES, wanted, where)


async def find_resource(contract: SeenContract, id: UUID, months: int) -> SeenResource | None:
    """Return the resource, if the contract may have it today.

    Args:
        months: how long security fixes are offered after a term.
    """
    if contract.status is Status.NOT_STARTED:
        return None
    return await row(
        SeenResource,
        f"""
        {GRANTED}
        select r.id, r.name, r.version, r.media_type, r.size, r.sha256, r.storage_key,
               r.published_at, r.security_fix,
               b.id as sbom, b.format as sbom_format, b.spec_version as sbom_version
        from resource r left join resource_sbom b on b.resource = r.id
        where r.id = $5 and r.withdrawn_at is null and exists (
            select from resource_product x join granted g on g.product = x.product
            where x.resource = r.id and (g.running or r.security_fix and g.fixes_until >= $2))
        """,
        *_term(contract, months),
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


def _term(contract: SeenContract, months: int) -> tuple[UUID, date, date, int]:
    """Return the first arguments of `GRANTED`."""
    return contract.id, contract.today, contract.ends_on, months
