"""Changes of what a contract entitles to, as the staff make them; each with a reason.

Locks are taken in the order of the house: the contract, then entitlements by id.
"""

from uuid import UUID

from app.audit.services import record
from app.contracts.contract_services import (
    ONLY_OURS,
    ChangeKind,
    Reason,
    lock_contract,
    note_change,
    record_external_id,
)
from app.contracts.contract_values import RenewalValues
from app.contracts.tables import Contract
from app.database import lock_row, unit_of_work
from app.products.amendment_values import (
    EntitlementAmendmentValues,
    EntitlementFacts,
    EntitlementOrderValues,
)
from app.products.rules import Term
from app.products.services import add_entitlement
from app.products.tables import Entitlement
from app.web.values import builtins, changed, columns, from_attributes


async def order_entitlement(*, contract: UUID, values: EntitlementOrderValues, actor: UUID) -> UUID:
    """Add a product to a contract, with a line in its history."""
    async with unit_of_work():
        entitlement = await add_entitlement(
            contract=contract,
            product=values.product,
            quantity=values.quantity,
            term=Term(values.starts_on, values.ends_on),
            external_id=values.external_id,
            actor=actor,
        )
        await note_change(contract, ChangeKind.AMENDED, Reason(values.reason, values.effective_on))
    return entitlement


async def amend_entitlement(
    *,
    contract: UUID,
    entitlement: UUID,
    values: EntitlementAmendmentValues,
    revision: int,
    actor: UUID,
) -> None:
    """Change quantity or term of a contracted product, with a line in the contract's history.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the contract has no such entitlement.
        Changed: it has another revision by now.
        asyncpg.CheckViolationError: more is allocated or held than the new quantity, or the term
            ends before it starts.
    """
    facts = from_attributes(EntitlementFacts, values)
    async with unit_of_work():
        # The line in the contract's history refers to the contract, which is locked first.
        await lock_row(Contract, Contract.id == contract, strength="KEY SHARE")
        before = await lock_row(
            Entitlement,
            (Entitlement.id == entitlement) & (Entitlement.contract == contract),
            revision=revision,
        )
        await Entitlement.update(columns(facts)).where(Entitlement.id == entitlement)
        if changed(before, facts) == ONLY_OURS:
            await record_external_id(entitlement, before.external_id, facts.external_id, actor)
            return
        await note_change(contract, ChangeKind.AMENDED, Reason(values.reason, values.effective_on))
        await record(
            "entitlement-change",
            actor=actor,
            contract=contract,
            subject=entitlement,
            before=builtins(from_attributes(EntitlementFacts, before)),
            **builtins(facts),
            effective_on=values.effective_on,
        )


async def renew_contract(
    contract: UUID, *, values: RenewalValues, revision: int, actor: UUID
) -> None:
    """Move a contract's last day, and with it that of all products which end with the contract.

    Args:
        revision: the contract's, that the actor saw.

    Raises:
        Gone: the contract is not there.
        Changed: it has another revision by now.
        asyncpg.CheckViolationError: the term ends before it starts.
    """
    async with unit_of_work():
        before = await lock_contract(contract, revision)
        await Contract.update({Contract.ends_on: values.ends_on}).where(Contract.id == contract)
        with_it = (Entitlement.contract == contract) & (Entitlement.ends_on == before.ends_on)
        ending = Entitlement.select(Entitlement.id).where(with_it).order_by(Entitlement.id)
        extended = await ending.lock_rows().output(as_list=True)
        if extended:
            await Entitlement.update({Entitlement.ends_on: values.ends_on}).where(
                Entitlement.id.is_in(extended)
            )
        await note_change(contract, ChangeKind.RENEWED, Reason(values.reason, values.effective_on))
        await record(
            "contract-renewal",
            actor=actor,
            contract=contract,
            subject=contract,
            ends_on_before=before.ends_on,
            ends_on=values.ends_on,
            extended=extended,
            effective_on=values.effective_on,
        )
