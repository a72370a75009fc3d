"""What the vendor's staff do to an environment's activations; its owners read it."""

from uuid import UUID

from app import clock
from app.activation.parallel.rules import EndReason
from app.activation.parallel.services import end_running
from app.activation.tables import Activation, MoveAllowance
from app.audit.services import record
from app.database import Changed, Gone, fetch_value, lock_row, unit_of_work
from app.environments.tables import Environment


async def allow_move(environment: UUID, *, seen: int, reason: str, actor: UUID) -> None:
    """Let an environment move once more within the next year.

    Args:
        seen: how many allowances there were when the person decided.

    Raises:
        Changed: someone else allowed a move in the meantime.
    """
    async with unit_of_work():
        contract = await _lock(environment)
        there = await fetch_value(
            "select count(*) from move_allowance where environment = $1", environment
        )
        if there != seen:
            raise Changed
        allowance = MoveAllowance(
            environment=environment, reason=reason, allowed_by=actor, allowed_at=clock.now()
        )
        await MoveAllowance.insert(allowance)
        await record(
            "move-allowance", actor=actor, contract=contract, subject=environment, reason=reason
        )


async def release(environment: UUID, *, seq: int, reason: str, actor: UUID) -> None:
    """End an environment's running files, which frees what they hold.

    Args:
        seq: the newest activation when the person decided.

    Raises:
        Changed: no activation runs now, or a newer file was issued in the meantime.
    """
    async with unit_of_work():
        contract = await _lock(environment)
        newest = await fetch_value(
            "select max(seq) from activation where environment = $1", environment
        )
        now = clock.now()
        running = (
            (Activation.environment == environment)
            & Activation.ended_at.is_null()
            & (Activation.expires_at > now)
        )
        rows = (
            await Activation.update({Activation.ended_at: now, Activation.end_reason: "released"})
            .where(running)
            .returning(Activation.seq)
        )
        if newest != seq or not rows:
            raise Changed
        await record(
            "activation-release",
            actor=actor,
            contract=contract,
            subject=environment,
            seqs=sorted(row["seq"] for row in rows),
            reason=reason,
        )
        await end_running(environment, EndReason.RELEASED, actor)


async def _lock(environment: UUID) -> UUID:
    try:
        row = await lock_row(Environment, Environment.id == environment)
    except Gone:
        raise Changed from None
    contract: UUID = row.contract
    return contract
