"""Delivering activation files."""

from datetime import datetime
from uuid import UUID

from app import clock
from app.activation.tables import Activation
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import lock_row, unit_of_work
from app.environments.tables import Environment


async def mark_downloaded(contract: SeenContract, environment: UUID, seq: int, actor: UUID) -> None:
    """Note the first download of a file: the system can run on it, so older files end."""
    now = clock.now()
    async with unit_of_work():
        await lock_row(Environment, Environment.id == environment)
        first = Activation.update({Activation.downloaded_at: now}).where(
            (Activation.environment == environment)
            & (Activation.seq == seq)
            & Activation.downloaded_at.is_null()
        )
        if not await first.returning(Activation.id):
            return
        superseded = await supersede(environment, seq, now)
        await record(
            "activation-download",
            actor=actor,
            contract=contract.id,
            subject=environment,
            seq=seq,
            superseded=superseded,
        )


async def supersede(environment: UUID, seq: int, now: datetime) -> list[int]:
    """End the running files below `seq`; their sequence numbers. The environment is locked."""
    older = (Activation.environment == environment) & (Activation.seq < seq)
    rows = (
        await Activation.update({Activation.ended_at: now, Activation.end_reason: "superseded"})
        .where(older & Activation.ended_at.is_null())
        .returning(Activation.seq)
    )
    return sorted(row["seq"] for row in rows)
