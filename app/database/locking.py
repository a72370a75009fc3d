"""Lock a row before it is changed, and notice whether another person changed it first.

The database counts `revision`, by a trigger on every table that has one: whatever changes a row
counts, also an import, a background task or an operator's own statement, which a service that
counts would miss. The service compares, since only it knows what the person saw, and while it
holds the lock, since nothing can change in that time.
"""

from typing import Literal, TypeVar

from piccolo.custom_types import Combinable
from piccolo.table import Table

from app.database.conflicts import Changed, Gone

T = TypeVar("T", bound=Table)
Strength = Literal["UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"]


async def lock_row(
    table: type[T],
    condition: Combinable,
    *,
    revision: int | None = None,
    strength: Strength = "UPDATE",
) -> T:
    """Lock the one row that fits a condition until the unit of work ends, and return it.

    Args:
        revision: the one that the person saw; None if any will do.

    Raises:
        Gone: no row fits.
        Changed: it has another revision by now.
    """
    found = await table.objects().where(condition).lock_rows(strength).first()
    if found is None:
        raise Gone
    if revision is not None and found["revision"] != revision:
        raise Changed
    return found
