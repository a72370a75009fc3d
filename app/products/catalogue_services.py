"""Changes of products that are in the catalogue already, as the staff make them."""

from uuid import UUID

from app.audit.services import record
from app.database import lock_row, unit_of_work
from app.products.tables import Product

# What a change may change, and the audit log tells of before and after.
SAID = (Product.code, Product.name_ja, Product.name_en, Product.unit, Product.version)


async def change_product(
    product: UUID,
    *,
    code: str,
    name_ja: str,
    name_en: str,
    unit: str,
    version: str,
    revision: int,
    actor: UUID,
) -> None:
    """Give a product other names, another version and, while nobody has it, another code or unit.

    Args:
        unit: users, servers or cores.
        revision: the one that the actor saw.

    Raises:
        Changed, Gone: it has another one by now.
        asyncpg.UniqueViolationError: another product has the code.
        asyncpg.CheckViolationError: somebody has the product, so its unit and code are fixed.
    """
    async with unit_of_work():
        before = await lock_row(
            Product, Product.id == product, revision=revision, strength="NO KEY UPDATE"
        )
        await Product.update(
            {
                Product.code: code,
                Product.name_ja: name_ja,
                Product.name_en: name_en,
                Product.unit: unit,
                Product.version: version,
            }
        ).where(Product.id == product)
        await record(
            "product-change",
            actor=actor,
            subject=product,
            before=before.to_dict(*SAID),
            code=code,
            name_ja=name_ja,
            name_en=name_en,
            unit=unit,
            version=version,
        )
