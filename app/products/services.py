"""Changes of the catalogue, of entitlements and of license keys, as the vendor makes them."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.services import named_outside
from app.database import unit_of_work
from app.products.rules import Term
from app.products.tables import Entitlement, LicenseKey, Product


async def create_product(
    *,
    code: str,
    name_ja: str,
    name_en: str,
    unit: str,
    version: str,
    external_id: str | None = None,
    actor: UUID | None,
) -> UUID:
    """Add an entry to the catalogue. `unit` is users, servers or cores."""
    product = Product(
        code=code,
        name_ja=name_ja,
        name_en=name_en,
        unit=unit,
        version=version,
        external_id=external_id,
    )
    async with unit_of_work():
        await Product.insert(product)
        await record(
            "product-creation", actor=actor, subject=product.id, **named_outside(external_id)
        )
    return product.id


async def add_entitlement(
    *,
    contract: UUID,
    product: UUID,
    quantity: int,
    term: Term,
    license_key: UUID | None = None,
    external_id: str | None = None,
    actor: UUID | None,
) -> UUID:
    """Entitle a contract to so many of a product, from its order or by a license key."""
    entitlement = Entitlement(
        contract=contract,
        product=product,
        quantity=quantity,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        license_key=license_key,
        created_at=clock.now(),
        external_id=external_id,
    )
    async with unit_of_work():
        await Entitlement.insert(entitlement)
        await record(
            "entitlement-addition",
            actor=actor,
            contract=contract,
            subject=entitlement.id,
            quantity=quantity,
            **named_outside(external_id),
        )
    return entitlement.id


async def redeem_license_key(*, key: UUID, contract: UUID, actor: UUID | None) -> UUID:
    """Turn a license key into an other product of a contract.

    Raises:
        asyncpg.UniqueViolationError: the key was redeemed already.
    """
    async with unit_of_work():
        rows = await LicenseKey.select().where(LicenseKey.id == key)
        return await add_entitlement(
            contract=contract,
            product=rows[0]["product"],
            quantity=rows[0]["quantity"],
            term=Term(rows[0]["starts_on"], rows[0]["ends_on"]),
            license_key=key,
            actor=actor,
        )
