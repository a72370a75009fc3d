"""What one read costs this process: built by Piccolo, and as SQL with typed rows.

    python -m benchmarks.statement_cost

The database is left out, since it does the same for both: what is measured is Python, from the
call to the text of the statement, and from ten records to ten values.
"""

import timeit
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import process_time
from uuid import UUID, uuid4

from app.contracts.tables import Contract, Membership
from app.database.rows import typed

ROUNDS = 2000
ROWS = 10
SQL = """
    select c.id, c.number, c.name, c.starts_on, c.ends_on
    from membership m join contract c on c.id = m.contract where m."user" = $1 order by c.number
"""


@dataclass(frozen=True)
class Row:
    """What both reads answer."""

    id: UUID
    number: str
    name: str
    starts_on: date
    ends_on: date


def build_with_piccolo() -> object:
    """Build the read as Piccolo does it, up to the text and the values for asyncpg."""
    contract = Membership.contract
    query = (
        Membership.select(
            contract.id, contract.number, contract.name, contract.starts_on, contract.ends_on
        )
        .where(Membership.user == WHO)
        .order_by(contract.number)
    )
    return [querystring.compile_string() for querystring in query.querystrings]


def build_one_table() -> object:
    """Build a read of one row of one table."""
    query = Contract.select(Contract.id, Contract.name).where(Contract.number == "D-1001")
    return [querystring.compile_string() for querystring in query.querystrings]


def make_typed_rows() -> object:
    """Make values of what asyncpg answers."""
    return typed(Row, RECORDS)


WHO = uuid4()
RECORDS = [
    {
        "id": uuid4(),
        "number": "D-1001",
        "name": "x",
        "starts_on": date.min,
        "ends_on": date.max,
    }
] * ROWS


def microseconds(work: Callable[[], object]) -> float:
    """Return what one call costs at best."""
    return min(timeit.repeat(work, timer=process_time, number=ROUNDS, repeat=5)) / ROUNDS * 1e6


def main() -> None:
    """Print the table."""
    print("| what | µs |")
    print("|---|---|")
    print(f"| Piccolo, one table | {microseconds(build_one_table):.0f} |")
    print(f"| Piccolo, two tables | {microseconds(build_with_piccolo):.0f} |")
    print(f"| SQL: a constant, then {ROWS} typed rows | {microseconds(make_typed_rows):.0f} |")


if __name__ == "__main__":
    main()
