"""Reads of what a quote would be applied to."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app import clock
from app.database import fetch, fetch_one
from app.products.queries import USE
from app.quotes.application_rules import AgreedLine
from app.quotes.rules import Wish


async def contract_days(request: UUID) -> tuple[date, date]:
    """Last usable day of a request's contract, and the day that it is now in its time zone."""
    row = await fetch_one(
        "select c.ends_on, c.time_zone from quote_request q join contract c on c.id = q.contract"
        " where q.id = $1",
        request,
    )
    assert row is not None
    return row["ends_on"], clock.today(row["time_zone"])


async def agreed_lines(request: UUID) -> Sequence[AgreedLine]:
    """A request's lines with the current entitlements."""
    rows = await fetch(
        f"""
        select l.wish, l.quantity as wanted, l.entitlement, coalesce(l.product, e.product)
                   as product,
               e.quantity as contracted, e.starts_on, e.ends_on,
               coalesce(u.allocated, 0) as allocated, coalesce(u.in_use, 0) as in_use
        from quote_line l left join entitlement e on e.id = l.entitlement {USE}
        where l.quote_request = $1 order by l.position, l.id
        """,
        request,
    )
    return [AgreedLine(**{**row, "wish": Wish(row["wish"])}) for row in rows]
