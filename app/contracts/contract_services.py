"""Changes of contracts that are there already, as the staff make them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.contract_values import (
    ContractAmendmentValues,
    ContractFacts,
    EmergencyLimitValues,
)
from app.contracts.tables import Contract, ContractChange
from app.database import lock_row, unit_of_work
from app.web.values import changed, columns, from_attributes

# What a change has to be more than for customers to read of it: they do not see this.
ONLY_OURS = ["external_id"]


class ChangeKind(StrEnum):
    """What a line of a contract's history says."""

    SIGNED = "signed"
    AMENDED = "amended"
    RENEWED = "renewed"


@dataclass(frozen=True)
class Reason:
    """Why a contract is changed, and from which day on that counts; its customers read both."""

    note: str
    effective_on: date


async def note_change(contract: UUID, kind: ChangeKind, reason: Reason) -> None:
    """Add a line to a contract's history, in the transaction of the change."""
    await ContractChange.insert(
        ContractChange(
            contract=contract,
            kind=kind.value,
            effective_on=reason.effective_on,
            note=reason.note,
            recorded_at=clock.now(),
        )
    )


async def record_external_id(
    subject: UUID, before: str | None, now: str | None, actor: UUID
) -> None:
    """Record that only the external id changed, in no history that customers see."""
    await record(
        "external-id-change",
        actor=actor,
        subject=subject,
        external_id_before=before,
        external_id=now,
    )


async def lock_contract(contract: UUID, revision: int) -> Contract:
    """Lock a contract, before its entitlements, and return its current row.

    Raises:
        Gone: the contract is not there.
        Changed: it has another revision by now.
    """
    return await lock_row(Contract, Contract.id == contract, revision=revision)


async def amend_contract(
    contract: UUID, *, values: ContractAmendmentValues, revision: int, actor: UUID
) -> None:
    """Give a contract another name, term, sales contact or number of emergency files.

    Its history says why.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the contract is not there.
        Changed: it has another revision by now.
        asyncpg.CheckViolationError: the term ends before it starts.
        asyncpg.UniqueViolationError: another contract has the external id.
    """
    async with unit_of_work():
        before = await lock_contract(contract, revision)
        facts = from_attributes(ContractFacts, values)
        await Contract.update(columns(facts)).where(Contract.id == contract)
        if changed(before, facts) == ONLY_OURS:
            await record_external_id(contract, before.external_id, facts.external_id, actor)
            return
        await note_change(contract, ChangeKind.AMENDED, Reason(values.reason, values.effective_on))
        await record(
            "contract-amendment",
            actor=actor,
            contract=contract,
            subject=contract,
            starts_on_before=before.starts_on,
            ends_on_before=before.ends_on,
            starts_on=values.starts_on,
            ends_on=values.ends_on,
            external_id_before=before.external_id,
            external_id=values.external_id,
            effective_on=values.effective_on,
        )
        if before.emergency_files != values.emergency_files:
            await _record_limit(before, values.emergency_files, actor)


async def limit_emergency_files(
    contract: UUID, *, values: EmergencyLimitValues, revision: int, actor: UUID
) -> None:
    """Set how many emergency files each environment may have; the contract's history says why.

    Args:
        revision: the one that the actor saw.

    Raises:
        Gone: the contract is not there.
        Changed: it has another revision by now.
    """
    async with unit_of_work():
        before = await lock_contract(contract, revision)
        await Contract.update({Contract.emergency_files: values.emergency_files}).where(
            Contract.id == contract
        )
        today = clock.today(before.time_zone)
        await note_change(contract, ChangeKind.AMENDED, Reason(values.reason, today))
        await _record_limit(before, values.emergency_files, actor)


async def _record_limit(before: Contract, files: int, actor: UUID) -> None:
    await record(
        "emergency-limit",
        actor=actor,
        contract=before.id,
        subject=before.id,
        files_before=before.emergency_files,
        files=files,
    )
