"""Changes of what a contract entitles to, as the staff make them; each with a reason.

Locks are taken in the order of the house: the contract, then entitlements by id.
"""

from datetime import date
from uuid import UUID

from app.audit.services import record
from app.contracts.contract_services import ChangeKind, Reason, lock_contract, note_change
from app.contracts.tables import Contract
from app.database import fetch, lock_row, unit_of_work
from app.products.rules import Term
from app.products.services import add_entitlement
from app.products.tables import Entitlement


async def order_entitlement(
    *, contract: UUID, product: UUID, quantity: int, term: Term, reason: Reason, actor: UUID
) -> UUID:
    """Add a product to a contract, with a line in its history."""
    async with unit_of_work():
        entitlement = await add_entitlement(
            contract=contract, product=product, quantity=quantity, term=term, actor=actor
        )
        await note_change(contract, ChangeKind.AMENDED, reason)
    return entitlement


async def amend_entitlement(
    *,
    contract: UUID,
    entitlement: UUID,
    quantity: int,
    term: Term,
    revision: int,
    reason: Reason,
    actor: UUID,
) -> None:
    """Change quantity or term of a contracted product, with a line in the contract's history.

    Args:
        revision: the one that the actor saw.

    Raises:
        Changed, Gone: it has another one by now.
        asyncpg.CheckViolationError: more is allocated or held than the new quantity, or the term
            ends before it starts.
    """
    async with unit_of_work():
        # The line in the contract's history refers to the contract, which is locked first.
        await lock_row(Contract, Contract.id == contract, strength="KEY SHARE")
        before = await lock_row(
            Entitlement,
            (Entitlement.id == entitlement) & (Entitlement.contract == contract),
            revision=revision,
        )
        await Entitlement.update(
            {
                Entitlement.quantity: quantity,
                Entitlement.starts_on: term.starts_on,
                Entitlement.ends_on: term.ends_on,
            }
        ).where(Entitlement.id == entitlement)
        await note_change(contract, ChangeKind.AMENDED, reason)
        await record(
            "entitlement-change",
            actor=actor,
            contract=contract,
            subject=entitlement,
            before=before.to_dict(Entitlement.quantity, Entitlement.starts_on, Entitlement.ends_on),
            quantity=quantity,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            effective_on=reason.effective_on,
        )


async def renew_contract(
    contract: UUID, *, ends_on: date, revision: int, reason: Reason, actor: UUID
) -> None:
    """Move a contract's last day, and with it that of all products which end with the contract.

    Args:
        revision: the contract's, that the actor saw.

    Raises:
        Changed, Gone: it has another one by now.
        asyncpg.CheckViolationError: the term ends before it starts.
    """
    async with unit_of_work():
        before = await lock_contract(contract, revision)
        await Contract.update({Contract.ends_on: ends_on}).where(Contract.id == contract)
        rows = await fetch(
            "select id from entitlement where contract = $1 and ends_on = $2"
            " order by id for update",
            contract,
            before.ends_on,
        )
        extended = [row["id"] for row in rows]
        if extended:
            await Entitlement.update({Entitlement.ends_on: ends_on}).where(
                Entitlement.id.is_in(extended)
            )
        await note_change(contract, ChangeKind.RENEWED, reason)
        await record(
            "contract-renewal",
            actor=actor,
            contract=contract,
            subject=contract,
            ends_on_before=before.ends_on,
            ends_on=ends_on,
            extended=extended,
            effective_on=reason.effective_on,
        )
