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


async def note_list_export(*, actor: UUID, name: str, number: int) -> None:
    """Record that one of the staff took a list away as a file.

    Args:
        name: of the list, as its address says it.
        number: how many lines were in the file.
    """
    async with unit_of_work():
        await record("list-export", actor=actor, list=name, number=number)
