"""Reads of what a quote would be applied to."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.database import fetch, fetch_one
from app.products.queries import USE
from app.quotes.application_rules import AgreedLine
from app.quotes.rules import Wish


async def contract_end(request: UUID) -> date:
    """Last usable day of a request's contract."""
    row = await fetch_one(
        "select c.ends_on from quote_request q join contract c on c.id = q.contract"
        " where q.id = $1",
        request,
    )
    assert row is not None
    ends_on: date = row["ends_on"]
    return ends_on


async def agreed_lines(request: UUID) -> Sequence[AgreedLine]:
    """A request's lines with the entitlements as they are now."""
    rows = await fetch(
        f"""
        select l.wish, l.quantity as wanted, l.entitlement, coalesce(l.product, e.product)
                   as product,
               e.quantity as contracted, e.starts_on, e.ends_on, coalesce(u.in_use, 0) as in_use
        from quote_line l left join entitlement e on e.id = l.entitlement {USE}
        where l.quote_request = $1 order by l.position, l.id
        """,
        request,
    )
    return [AgreedLine(**{**row, "wish": Wish(row["wish"])}) for row in rows]
