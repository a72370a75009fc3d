"""Reads a page of a list, whatever it is a list of."""

from app.database import fetch
from app.web.lists.addresses import MOST_COUNTED, Listed, Wanted, listed
from app.web.lists.listings import Listing, Row, Where


async def list_rows(
    listing: Listing[Row], wanted: Wanted, where: Where | None = None
) -> Listed[Row]:
    """Return a page of a list, and the size of the whole, in one statement.

    Args:
        listing: one of the module-level ones; nothing of a request goes into its SQL.
        where: conditions that the listing does not know by itself, such as whose list it is.
    """
    where = where or Where()
    scope = where.sql
    if listing.always:
        where.add(listing.always)
    if wanted.search and listing.search:
        listing.search(where, wanted.search)
    for name, conditions in listing.filters.items():
        if condition := conditions.get(wanted.chosen[name]):
            where.add(condition)
    counted = f"select count(*) from (select 1 from {listing.tables} where {where.sql} limit"
    counted += f" {MOST_COUNTED + 1}) counted"
    order = listing.orders[wanted.order]
    down = order.down ^ wanted.turned ^ wanted.back
    if wanted.key is not None:
        row = f"{listing.tables} where {scope} and {listing.key} = {{0}}"
        sign = "<" if down else ">"
        where.add(
            f"({order.column}, {listing.key}) {sign} ((select {order.column} from {row}), {{0}})",
            wanted.key,
        )
    direction = "desc" if down else "asc"
    # The whole is counted only where it is more than this page.
    found = await fetch(
        f"""
        with page as materialized (
            select {listing.columns} from {listing.tables} where {where.sql}
            order by {order.column} {direction}, {listing.key} {direction} limit {wanted.size + 1})
        select page.*, case when {wanted.key is not None} or (select count(*) from page)
            > {wanted.size} then ({counted}) else (select count(*) from page) end as listed_total
        from page
        """,
        *where.args,
    )
    return listed(wanted, [(listing.row(record), record["listed_total"]) for record in found])
