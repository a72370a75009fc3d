"""The demo's license keys, of codes that people can read in its texts."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import unit_of_work
from app.demo.made import World
from app.products.services import redeem_license_key
from app.products.tables import LicenseKey


async def make_other_products(world: World) -> None:
    """Four license keys whose codes the demo's texts name; two are redeemed."""
    keys = {}
    for code, quantity, days in (
        ("DEMO0-CONN2-USED0-00000", 2, (-100, 165)),
        ("DEMO0-CONN8-FREE1-00001", 8, (-30, 335)),
        ("DEMO0-CONN8-USED1-00002", 8, (-60, 265)),
        ("DEMO0-CONN8-PAST1-00003", 8, (-375, -10)),
    ):
        keys[code] = await _issue(world, code, quantity, days)
    for code, number, redeemer in (
        ("DEMO0-CONN2-USED0-00000", "D-1001", "owner"),
        ("DEMO0-CONN8-USED1-00002", "D-2001", "outsider"),
    ):
        world.entitlements[number, "CONNECTOR"] = await redeem_license_key(
            key=keys[code], contract=world.contracts[number], actor=world.users[redeemer]
        )


async def _issue(world: World, code: str, quantity: int, days: tuple[int, int]) -> UUID:
    term = world.term(days)
    key = LicenseKey(
        code=code,
        product=world.products["CONNECTOR"],
        quantity=quantity,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        issued_at=clock.now(),
    )
    async with unit_of_work():
        await LicenseKey.insert(key)
        await record("license-key-issue", actor=world.staff, subject=key.id)
    return key.id
