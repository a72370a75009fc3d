"""Reads about license keys."""

from app.database import fetch_one, row
from app.products.license_key_rules import KnownLicenseKey

LICENSE_KEY = """
    select k.id, k.code, k.product, p.name_ja, p.name_en, p.unit, k.quantity, k.starts_on,
           k.ends_on, k.contract, k.revoked_at, e.contract as redeemed_by
    from license_key k join product p on p.id = k.product
    left join entitlement e on e.license_key = k.id
    where replace(k.code, '-', '') = $1
"""


async def find_license_key(characters: str) -> KnownLicenseKey | None:
    """Return the issued license key of these characters, which `plain_license_key` gives."""
    return await row(KnownLicenseKey, LICENSE_KEY, characters)


async def lock_license_key(characters: str) -> KnownLicenseKey | None:
    """Lock and return the same: of two people, the second one sees it redeemed."""
    # Locked first, then read: a row read while waiting would be as old as the wait.
    await fetch_one(
        "select 1 from license_key where replace(code, '-', '') = $1 for update", characters
    )
    return await find_license_key(characters)
