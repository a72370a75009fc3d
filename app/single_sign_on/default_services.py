"""Which contracts people without an invitation join at their first sign-in."""

from collections.abc import Collection
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import unit_of_work
from app.single_sign_on.connection_services import lock_connection
from app.single_sign_on.tables import SingleSignOnDefaultContract


async def choose_default_contracts(
    company: UUID,
    chosen: Collection[UUID],
    offered: Collection[UUID],
    *,
    actor: UUID,
    contract: UUID | None = None,
) -> None:
    """Set which contracts people without an invitation join at their first sign-in.

    Args:
        offered: those that the actor may choose from; others stay as they are.

    Raises:
        Gone: there is no connection.
    """
    default, now = SingleSignOnDefaultContract, clock.now()
    async with unit_of_work():
        connection = await lock_connection(company)
        await default.delete().where(
            (default.connection == connection.id) & default.contract.is_in(list(offered))
        )
        rows = [
            default(connection=connection.id, contract=each, chosen_at=now)
            for each in offered
            if each in chosen
        ]
        if rows:
            await default.insert(*rows)
        await record(
            "single-sign-on-default-contracts",
            actor=actor,
            contract=contract,
            subject=company,
            contracts=[str(row.contract) for row in rows],
        )
