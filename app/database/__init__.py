"""PostgreSQL: the pool, the unit of work, ids, migrations and the embedded server."""

from app.database.engine import (
    POOL_SIZE,
    DatabaseBusy,
    Record,
    close_pool,
    engine,
    fetch,
    fetch_one,
    fetch_value,
    open_pool,
    queries_made,
    run_script,
    unit_of_work,
)
from app.database.errors import Changed, Gone
from app.database.ids import made_at, uuid7

__all__ = [
    "POOL_SIZE",
    "Changed",
    "DatabaseBusy",
    "Gone",
    "Record",
    "close_pool",
    "engine",
    "fetch",
    "fetch_one",
    "fetch_value",
    "made_at",
    "open_pool",
    "queries_made",
    "run_script",
    "unit_of_work",
    "uuid7",
]
