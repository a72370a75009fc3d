"""PostgreSQL: the pool, the unit of work, ids, migrations and the embedded server."""

from app.database.conflicts import Changed, Gone
from app.database.engine import (
    POOL_SIZE,
    Record,
    check_ready,
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
from app.database.ids import made_at, uuid7
from app.database.locking import lock_row
from app.database.outages import NOT_NOW, DatabaseBusy, DatabaseReadOnly
from app.database.rows import json_rows, part_of, row, rows

__all__ = [
    "NOT_NOW",
    "POOL_SIZE",
    "Changed",
    "DatabaseBusy",
    "DatabaseReadOnly",
    "Gone",
    "Record",
    "check_ready",
    "close_pool",
    "engine",
    "fetch",
    "fetch_one",
    "fetch_value",
    "json_rows",
    "lock_row",
    "made_at",
    "open_pool",
    "part_of",
    "queries_made",
    "row",
    "rows",
    "run_script",
    "unit_of_work",
    "uuid7",
]
