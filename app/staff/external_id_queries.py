"""Whether an external id is free."""

from collections.abc import Mapping
from uuid import UUID

from app.database import fetch_one

SAME = "where external_id = $1 and id is distinct from $2"
SELECTS: Mapping[str, str] = {
    "company": f"select 1 from company {SAME}",
    "contract": f"select 1 from contract {SAME}",
    "product": f"select 1 from product {SAME}",
    "entitlement": f"select 1 from entitlement {SAME}",
}


async def external_id_taken(table: str, external_id: str | None, other_than: UUID | None) -> bool:
    """Return whether another row of a table has the external id."""
    if external_id is None:
        return False
    return await fetch_one(SELECTS[table], external_id, other_than) is not None
