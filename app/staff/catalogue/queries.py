"""Reads about the catalogue."""

from uuid import UUID

from app.database import Record, fetch, fetch_one
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

PRODUCTS = Source(
    columns="""p.*, (select count(*) from entitlement where product = p.id) as entitlements,
        (select count(*) from license_key where product = p.id) as key_count""",
    tables="product p",
    key="p.id",
    orders={"code": Order("p.code"), "name": Order("p.name_ja")},
)


async def list_products(search: str, *, order: str, after: UUID | None) -> Listed:
    """Products whose code or name has the words."""
    where = Where()
    where.contains(search, "p.code", "p.name_ja", "p.name_en")
    return await list_rows(PRODUCTS, where, order=order, after=after)


async def choices() -> list[Record]:
    """The whole catalogue, to choose from."""
    return list(await fetch("select id, code, name_ja, name_en, unit from product order by code"))


async def find_product(id: UUID) -> Record | None:
    """A product, and whether somebody has it: then its unit and code are fixed."""
    return await fetch_one(
        """
        select p.*, exists (select 1 from entitlement where product = p.id)
                    or exists (select 1 from license_key where product = p.id) as used
        from product p where p.id = $1
        """,
        id,
    )


async def code_taken(code: str, other_than: UUID | None) -> bool:
    """Whether another product has the code."""
    row = await fetch_one(
        "select 1 from product where code = $1 and id is distinct from $2", code, other_than
    )
    return row is not None
