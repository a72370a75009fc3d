"""Noting who downloads what."""

from uuid import UUID

from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import unit_of_work
from app.resources import queries


async def note_download(
    contract: SeenContract, resource: UUID, actor: UUID, *, begins: bool
) -> None:
    """Record a download once, however often its connection breaks.

    The first byte of a file begins a download. A later part belongs to the one that the person
    began within the last day; where there is none it is also a download, so that no one gets
    bytes without a trace.

    Args:
        begins: whether the first byte is among those that are sent.
    """
    async with unit_of_work():
        if begins or not await queries.began_lately(contract, resource, actor):
            await record("resource-download", actor=actor, contract=contract.id, subject=resource)
