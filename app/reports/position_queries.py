"""Reads how a contract stands: its products and its environments, at one moment."""

from itertools import groupby

from app import clock
from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_value, unit_of_work
from app.products.queries import list_entitlements
from app.products.rules import product_name_in
from app.reports.position_rules import Position, PositionLine
from app.reports.queries import ALLOCATIONS, state_name

# 1,000 environments with five products each. A longer list is for programs.
MOST_LINES = 5000


async def read_position(contract: SeenContract) -> Position:
    """Return how things stand now; the first environments, where there are very many."""
    async with unit_of_work() as connection:
        # All reads see one moment, so that their figures agree.
        await connection.execute("set transaction isolation level repeatable read read only")
        at = clock.now()
        entitlements = await list_entitlements(contract, expired=False)
        found = await fetch(f"{ALLOCATIONS} limit {MOST_LINES + 1}", contract.id)
        lines = [list(rows) for _, rows in groupby(found, lambda row: row["id"])]
        environments = len(lines)
        if len(found) > MOST_LINES:
            # The last environment may have lines beyond the limit.
            lines.pop()
            environments = await fetch_value(
                "select count(*) from environment where contract = $1 and retired_at is null",
                contract.id,
            )
    shown = [[_line(row) for row in rows] for rows in lines]
    return Position(at, entitlements, shown, environments)


def _line(row: Record) -> PositionLine:
    return PositionLine(
        environment=row["name"],
        group_company=row["group_company_name"] or "",
        state=state_name(row),
        issued_at=row["issued_at"],
        product=product_name_in(row) or "",
        unit=row["unit"] or "",
        allocated=row["here"] or 0,
        held=row["held"] or 0,
        ends_on=row["ends_on"],
    )
