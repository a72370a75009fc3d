"""Reads about owners and administrators who keep their password."""

from uuid import UUID

from app.accounts.queries import second_factor
from app.database import fetch_value

# How many exceptions of the connection c count: owners of the company's contracts, or
# administrators of the vendor, who have a second factor.
COUNTED = f"""
    (select count(distinct e."user") from single_sign_on_exception e
     join known_company_owner o on o.company is not distinct from c.company and o."user" = e."user"
     where e.connection = c.id and {second_factor('e."user"')})
"""


async def count_exceptions(connection: UUID) -> int:
    """Return how many owners, or administrators, keep a password and have a second factor."""
    found: int = await fetch_value(
        f"select {COUNTED} from single_sign_on_connection c where c.id = $1", connection
    )
    return found
