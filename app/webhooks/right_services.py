"""Whose an endpoint is: of a contract, whose owners may change it, or of the vendor.

Where the contract is None, the act has asked for the permission.
"""

from uuid import UUID

from app.database import lock_row
from app.people.membership_services import NotOwner, lock_people
from app.webhooks.tables import WebhookEndpoint


async def require_right(contract: UUID | None, actor: UUID, *, ended: bool = False) -> None:
    """Lock the contract's people, and refuse an actor who does not own it.

    Args:
        ended: whether the contract may have ended.

    Raises:
        NotOwner: the actor does not own the contract, or it has ended.
    """
    if contract is None:
        return
    standing = await lock_people(contract)
    if actor not in standing.owners or not (ended or standing.runs):
        raise NotOwner


async def lock_endpoint(
    contract: UUID | None, endpoint: UUID, revision: int | None = None
) -> WebhookEndpoint:
    """Lock an endpoint of a contract, or of the vendor, and return it.

    Raises:
        Gone: there is none, or it was removed.
        Changed: it has another revision by now.
    """
    column = WebhookEndpoint.contract
    whose = column.is_null() if contract is None else column == contract
    own = (WebhookEndpoint.id == endpoint) & whose & WebhookEndpoint.removed_at.is_null()
    return await lock_row(WebhookEndpoint, own, revision=revision)
