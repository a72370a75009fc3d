"""Delivering activation files."""

from datetime import datetime
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import fetch, fetch_one, unit_of_work


async def mark_downloaded(contract: SeenContract, environment: UUID, seq: int, actor: UUID) -> None:
    """Note the first download of a file: the system can run on it, so older files end."""
    now = clock.now()
    async with unit_of_work():
        await fetch("select 1 from environment where id = $1 for update", environment)
        first = await fetch_one(
            "update activation set downloaded_at = $3"
            " where environment = $1 and seq = $2 and downloaded_at is null returning id",
            environment,
            seq,
            now,
        )
        if first is None:
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
    rows = await fetch(
        "update activation set ended_at = $3, end_reason = 'superseded'"
        " where environment = $1 and seq < $2 and ended_at is null returning seq",
        environment,
        seq,
        now,
    )
    return sorted(row["seq"] for row in rows)
