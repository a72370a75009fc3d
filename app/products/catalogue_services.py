"""Changes of products that are in the catalogue already, as the staff make them."""

from uuid import UUID

from app.audit.services import record
from app.database import lock_row, unit_of_work
from app.products.catalogue_values import ProductValues
from app.products.tables import Product
from app.web.values import builtins, columns, from_attributes


async def change_product(
    product: UUID, *, values: ProductValues, revision: int, actor: UUID
) -> None:
    """Give a product other names, another version and, until it is sold, another code or unit.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the product is not there.
        Changed: it has another revision by now.
        asyncpg.UniqueViolationError: another product has the code.
        asyncpg.CheckViolationError: a contract has the product, so its unit and code are fixed.
    """
    async with unit_of_work():
        before = await lock_row(
            Product, Product.id == product, revision=revision, strength="NO KEY UPDATE"
        )
        await Product.update(columns(values)).where(Product.id == product)
        await record(
            "product-change",
            actor=actor,
            subject=product,
            before=builtins(from_attributes(ProductValues, before)),
            **builtins(values),
        )
