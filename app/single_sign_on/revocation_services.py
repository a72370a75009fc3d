"""What a change of the provider takes from the one before, beside its sign-ins."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import fetch_value


async def revoke_token(
    connection: UUID, company: UUID, *, actor: UUID, contract: UUID | None
) -> None:
    """Revoke the provisioning token of a connection, in the open unit of work, if one works.

    The provider before has it, and could go on deactivating people.
    """
    if await fetch_value("select revoke_provisioning_token($1, $2)", connection, clock.now()):
        await record(
            "provisioning-token-revocation", actor=actor, contract=contract, subject=company
        )
