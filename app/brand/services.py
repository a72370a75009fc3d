"""Changes of the vendor's brand, and bringing each process the newest one."""

from uuid import UUID

from app.audit.services import record
from app.brand.queries import SeenBrand, find_brand, find_revision
from app.brand.tables import BrandRow
from app.brand.values import BrandValues
from app.database import Gone, lock_row, unit_of_work
from app.settings import Settings
from app.web.brand import Brand, Logo, current, use
from app.web.values import changed, columns


async def refresh(_: Settings | None = None) -> bool:
    """Take the brand over where this process knows another one; there is never more to do."""
    if await find_revision() != current().revision:
        await read_brand()
    return False


async def read_brand() -> SeenBrand:
    """Return the stored brand, which this process shows from now on.

    Raises:
        Gone: its row is not there.
    """
    found = await find_brand()
    if found is None:
        use(Brand())
        raise Gone
    use(found.shown())
    return found


async def change_brand(brand: UUID, *, values: BrandValues, revision: int, actor: UUID) -> None:
    """Change how the vendor appears.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the row is not there.
        Changed: it has another revision by now.
    """
    async with unit_of_work():
        before = await lock_row(BrandRow, BrandRow.id == brand, revision=revision)
        await BrandRow.update(columns(values)).where(BrandRow.id == brand)
        await record("brand-change", actor=actor, subject=brand, changed=changed(before, values))


async def change_logo(brand: UUID, *, logo: Logo | None, revision: int, actor: UUID) -> None:
    """Set the logo, or remove it.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the row is not there.
        Changed: it has another revision by now.
    """
    async with unit_of_work():
        await lock_row(BrandRow, BrandRow.id == brand, revision=revision)
        await BrandRow.update(
            {
                BrandRow.logo: logo.content if logo else None,
                BrandRow.logo_type: logo.media_type if logo else None,
                BrandRow.logo_width: logo.width if logo else None,
                BrandRow.logo_height: logo.height if logo else None,
            }
        ).where(BrandRow.id == brand)
        if logo:
            await record("logo-change", actor=actor, subject=brand, file=logo.file_name)
        else:
            await record("logo-removal", actor=actor, subject=brand)
