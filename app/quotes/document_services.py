"""Taking a quote request away as a document."""

from uuid import UUID

from app.audit.services import record
from app.database import unit_of_work


async def note_document_download(*, request: UUID, contract: UUID, actor: UUID) -> None:
    """Record that a request left the portal as a PDF."""
    async with unit_of_work():
        await record("quote-download", actor=actor, contract=contract, subject=request)
