"""Taking a contract's history away."""

from uuid import UUID

from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import unit_of_work


async def note_export(contract: SeenContract, actor: UUID) -> None:
    """Record that the history, which names people, left the portal as a file."""
    async with unit_of_work():
        await record("history-export", actor=actor, contract=contract.id, subject=contract.id)
