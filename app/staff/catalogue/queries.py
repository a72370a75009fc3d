"""Reads about the catalogue."""

from dataclasses import dataclass
from uuid import UUID

from app.database import fetch_one, row, rows
from app.web.lists.listings import Listing, Order, fields_of, words_in


@dataclass(frozen=True)
class ListedProduct:
    """A product in the list, and how often contracts and license keys have it."""

    id: UUID
    code: str
    name_ja: str
    name_en: str
    unit: str
    version: str
    entitlements: int
    key_count: int


PRODUCTS = Listing(
    row=fields_of(ListedProduct),
    columns="""p.*, (select count(*) from entitlement where product = p.id) as entitlements,
        (select count(*) from license_key where product = p.id) as key_count""",
    tables="product p",
    key="p.id",
    orders={"code": Order("p.code"), "name": Order("p.name_ja")},
    search=words_in("p.code", "p.name_ja", "p.name_en", "p.external_id"),
)


@dataclass(frozen=True)
class CatalogueProduct:
    """A product, as a form offers it."""

    id: UUID
    code: str
    name_ja: str
    name_en: str
    unit: str


@dataclass(frozen=True)
class SeenProduct:
    """A product. Where it is used, its unit and code are fixed."""

    id: UUID
    code: str
    name_ja: str
    name_en: str
    unit: str
    version: str
    revision: int
    external_id: str | None
    used: bool


async def list_catalogue() -> list[CatalogueProduct]:
    """Return the whole catalogue, to choose from."""
    return await rows(
        CatalogueProduct, "select id, code, name_ja, name_en, unit from product order by code"
    )


async def find_product(id: UUID) -> SeenProduct | None:
    """Return a product, and whether a contract has it."""
    return await row(
        SeenProduct,
        """
        select id, code, name_ja, name_en, unit, version, revision, external_id,
               exists (select 1 from entitlement where product = p.id)
               or exists (select 1 from license_key where product = p.id) as used
        from product p where id = $1
        """,
        id,
    )


async def code_taken(code: str, other_than: UUID | None) -> bool:
    """Return whether another product has the code."""
    same = "select 1 from product where code = $1 and id is distinct from $2"
    return await fetch_one(same, code, other_than) is not None
