"""What the staff do with license keys that were issued: taking them away, revoking them."""

from uuid import UUID

from app import clock
from app.accounts.queries import find_person
from app.audit.services import record
from app.database import Gone, fetch_one, unit_of_work
from app.products.tables import LicenseKey


async def export_batch(batch: UUID, *, again: bool, actor: UUID) -> list[str] | None:
    """Return the codes of a batch, to be handed over; None if they were taken already.

    Args:
        again: whether the actor may take them a second time.
    """
    async with unit_of_work():
        first = await fetch_one(
            "insert into license_key_export (batch, exported_by, exported_at)"
            " select batch, $2, $3 from license_key where batch = $1 limit 1"
            " on conflict (batch) do nothing returning batch",
            batch,
            await find_person(actor),
            clock.now(),
        )
        if first is None and not again:
            return None
        listed = LicenseKey.select(LicenseKey.code).where(LicenseKey.batch == batch)
        codes: list[str] = await listed.order_by(LicenseKey.code).output(as_list=True)
        if codes:
            await record("license-key-export", actor=actor, subject=batch, number=len(codes))
    return codes


async def revoke_license_key(key: UUID, *, actor: UUID) -> None:
    """Make an unused license key worthless.

    Raises:
        Gone: it is revoked already.
        asyncpg.CheckViolationError: it was redeemed.
    """
    async with unit_of_work():
        revoked = LicenseKey.update({LicenseKey.revoked_at: clock.now()}).where(
            (LicenseKey.id == key) & LicenseKey.revoked_at.is_null()
        )
        if not await revoked.returning(LicenseKey.id):
            raise Gone
        await record("license-key-revocation", actor=actor, subject=key)
