"""Taking a contract's tables away."""

from uuid import UUID

from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import unit_of_work

PDF = "pdf"


async def note_export(contract: SeenContract, actor: UUID, report: str, format: str) -> None:
    """Record that a table left the portal as a file.

    Args:
        report: how the address names what is in the file.
        format: the last part of the address.
    """
    async with unit_of_work():
        await record(
            "report-export",
            actor=actor,
            contract=contract.id,
            subject=contract.id,
            report=report,
            format=format,
        )
