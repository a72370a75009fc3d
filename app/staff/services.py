"""What the staff look at of a customer's is on record too."""

from uuid import UUID

from app.audit.services import record
from app.database import unit_of_work


async def note_inspection(*, contract: UUID, actor: UUID, place: str) -> None:
    """Record that one of the staff looked at a customer's contract.

    Args:
        place: what they saw, as a kebab-case noun such as ``contract`` or ``access-review``.
    """
    async with unit_of_work():
        await record(
            "contract-inspection", actor=actor, contract=contract, subject=contract, place=place
        )


async def note_account_inspection(*, user: UUID, actor: UUID) -> None:
    """Record that one of the staff looked at a person's account."""
    async with unit_of_work():
        await record("account-inspection", actor=actor, subject=user)
