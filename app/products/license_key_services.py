"""License keys: issued in batches by the vendor, looked up by owners who type them."""

from dataclasses import dataclass
from uuid import UUID

from app import clock
from app.accounts import guess_rules, throttling
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import unit_of_work, uuid7
from app.products import license_key_queries
from app.products.license_key_rules import (
    KnownLicenseKey,
    LicenseKeyOutcome,
    judge_license_key,
    new_license_key,
)
from app.products.rules import Term
from app.products.tables import LicenseKey

LARGEST_BATCH = 10_000
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class LicenseKeyBatch:
    """License keys that were issued together."""

    id: UUID
    codes: list[str]


async def issue_license_keys(
    *,
    number: int,
    product: UUID,
    quantity: int,
    term: Term,
    contract: UUID | None = None,
    actor: UUID | None,
) -> LicenseKeyBatch:
    """Issue a batch of new license keys.

    Args:
        number: how many keys, at most LARGEST_BATCH.
        quantity: what each entitles to, in the product's unit.
        contract: the only contract that may redeem them; None lets any.

    Raises:
        ValueError: no key, or more than a batch.
    """
    if not 0 < number <= LARGEST_BATCH:
        raise ValueError(f"a batch has 1 to {LARGEST_BATCH} keys")
    now, batch = clock.now(), uuid7()
    keys = [
        LicenseKey(
            code=new_license_key(),
            product=product,
            quantity=quantity,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            contract=contract,
            batch=batch,
            issued_at=now,
        )
        for _ in range(number)
    ]
    async with unit_of_work():
        for at in range(0, number, ROWS_AT_ONCE):
            await LicenseKey.insert(*keys[at : at + ROWS_AT_ONCE])
        await record(
            "license-key-batch",
            actor=actor,
            subject=batch,
            product=product,
            number=number,
            quantity=quantity,
        )
    return LicenseKeyBatch(batch, [key.code for key in keys])


async def try_license_key(
    actor: UUID, characters: str, contract: SeenContract, *, address: str
) -> tuple[LicenseKeyOutcome, KnownLicenseKey | None] | Throttled:
    """Look a typed license key up for a contract; guesses are rate-limited.

    Args:
        characters: as `plain_license_key` gives them.
        address: where the request comes from.
    """
    admitted = await throttling.admit(guess_rules.key_lanes(actor, address))
    if isinstance(admitted, Throttled):
        return admitted
    key = await license_key_queries.find_license_key(characters)
    outcome = judge_license_key(key, characters, contract)
    if outcome is LicenseKeyOutcome.REDEEMABLE:
        await throttling.forgive(admitted)
    return outcome, key
