"""What the vendor's staff do to an environment's activations; its owners read it."""

from uuid import UUID

from app import clock
from app.activation.tables import MoveAllowance
from app.audit.services import record
from app.database import Changed, fetch, fetch_one, fetch_value, unit_of_work


async def allow_move(environment: UUID, *, seen: int, reason: str, actor: UUID) -> None:
    """Let an environment move once more within the next year.

    Args:
        seen: how many allowances there were when the person decided.

    Raises:
        Changed: somebody else has allowed one meanwhile.
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
    """End an environment's running files, so that what they hold is free.

    Args:
        seq: the newest activation when the person decided.

    Raises:
        Changed: nothing runs any more, or a newer file was issued meanwhile.
    """
    async with unit_of_work():
        contract = await _lock(environment)
        newest = await fetch_value(
            "select max(seq) from activation where environment = $1", environment
        )
        rows = await fetch(
            "update activation set ended_at = $2, end_reason = 'released'"
            " where environment = $1 and ended_at is null and expires_at > $2 returning seq",
            environment,
            clock.now(),
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


async def _lock(environment: UUID) -> UUID:
    row = await fetch_one("select contract from environment where id = $1 for update", environment)
    if row is None:
        raise Changed
    contract: UUID = row["contract"]
    return contract
