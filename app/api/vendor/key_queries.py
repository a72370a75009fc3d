"""Finding one row of a list by a key."""

from typing import TypeVar
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.web.lists.addresses import Wanted
from app.web.lists.listings import Keyed, Listing, Where
from app.web.lists.queries import list_rows

Row = TypeVar("Row", bound=Keyed)


async def find_by(listing: Listing[Row], column: str, value: str | UUID) -> Row | None:
    """Return the row of a list that has a value in a column, which is unique."""
    where = Where()
    where.add(f"{column} = {{}}", value)
    listed = await list_rows(listing, Wanted.usual("", listing, 1), where, counted=False)
    return listed.rows[0] if listed.rows else None


async def get_by_id(listing: Listing[Row], id: UUID) -> Row:
    """Return the row of a list with an id.

    Raises:
        NotFoundException: there is none.
    """
    found = await find_by(listing, listing.key, id)
    if found is None:
        raise NotFoundException
    return found
