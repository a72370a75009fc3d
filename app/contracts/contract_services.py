"""Changes of contracts that are there already, as the staff make them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.tables import Contract, ContractChange
from app.database import lock_row, unit_of_work


class ChangeKind(StrEnum):
    """What a line of a contract's history tells."""

    SIGNED = "signed"
    AMENDED = "amended"
    RENEWED = "renewed"


@dataclass(frozen=True)
class Reason:
    """Why a contract is changed, and from which day on that counts; its customers read both."""

    note: str
    effective_on: date


async def note_change(contract: UUID, kind: ChangeKind, reason: Reason) -> None:
    """Add a line to a contract's history, in the transaction of what it tells."""
    await ContractChange.insert(
        ContractChange(
            contract=contract,
            kind=kind.value,
            effective_on=reason.effective_on,
            note=reason.note,
            recorded_at=clock.now(),
        )
    )


async def lock_contract(contract: UUID, revision: int) -> Contract:
    """Lock a contract, before its entitlements, and return it as it is.

    Raises:
        Changed, Gone: it has another revision by now.
    """
    return await lock_row(Contract, Contract.id == contract, revision=revision)


async def amend_contract(
    contract: UUID,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    sales: tuple[str, str, str],
    revision: int,
    reason: Reason,
    actor: UUID,
) -> None:
    """Give a contract another name, term or sales contact; its history tells why.

    Args:
        sales: name, mail address and telephone number of the sales contact.
        revision: the one that the actor saw.

    Raises:
        Changed, Gone: it has another one by now.
        asyncpg.CheckViolationError: the term ends before it starts.
    """
    async with unit_of_work():
        before = await lock_contract(contract, revision)
        await Contract.update(
            {
                Contract.name: name,
                Contract.starts_on: starts_on,
                Contract.ends_on: ends_on,
                Contract.sales_name: sales[0],
                Contract.sales_email: sales[1],
                Contract.sales_phone: sales[2],
            }
        ).where(Contract.id == contract)
        await note_change(contract, ChangeKind.AMENDED, reason)
        await record(
            "contract-amendment",
            actor=actor,
            contract=contract,
            subject=contract,
            starts_on_before=before.starts_on,
            ends_on_before=before.ends_on,
            starts_on=starts_on,
            ends_on=ends_on,
            effective_on=reason.effective_on,
        )
