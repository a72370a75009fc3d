"""Locks of a thing that a call names by its external id, whether it is there yet or not."""

from contextlib import suppress
from typing import Any

from app.contracts.tables import Company, Contract
from app.database import Gone, fetch, lock_row
from app.products.tables import Entitlement, Product

Named = type[Company] | type[Contract] | type[Entitlement] | type[Product]


async def lock_named(table: Named, external_id: str) -> None:
    """Let other calls with the same external id wait, until the unit of work ends.

    There may be no row yet that could be locked, so the id itself is locked first of all. Then no
    change of staff comes between reading the row and changing it.
    """
    name: str = table._meta.tablename
    await fetch("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{name} {external_id}")
    if table is Entitlement:
        # Contracts are locked before their entitlements.
        await fetch(
            "select 1 from contract"
            " where id = (select contract from entitlement where external_id = $1) for key share",
            external_id,
        )
    where: Any = table.external_id == external_id
    with suppress(Gone):
        await lock_row(table, where, strength="NO KEY UPDATE" if table is Product else "UPDATE")
