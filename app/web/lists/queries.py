"""Reads a page of a list, whatever it is a list of."""

from collections.abc import Sequence
from dataclasses import replace

from app.database import Record, fetch
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Row, Where


async def list_rows(
    listing: Listing[Row], wanted: Wanted, where: Where | None = None, *, counted: bool = True
) -> Listed[Row]:
    """Return a page of a list, and the size of the whole, in one statement.

    Args:
        listing: one of the module-level ones; nothing of a request goes into its SQL.
        where: conditions that the listing does not know by itself, such as whose list it is.
        counted: whether the size of the whole is wanted; without it the total is 0.
    """
    where = where or Where()
    scope = where.sql
    _choose(where, listing, wanted)
    whole = f"select count(*) from (select 1 from {listing.tables} where {where.sql} limit"
    whole += f" {listing.most + 1}) counted"
    order = listing.orders[wanted.order]
    down = order.down ^ wanted.turned ^ wanted.back
    if wanted.key is not None:
        id, sign = where.place(wanted.key), "<" if down else ">"
        row = f"{listing.tables} where {scope} and {listing.key} = {id}"
        begin = f"((select {order.column} from {row}), {id})"
        where.parts.append(f"({order.column}, {listing.key}) {sign} {begin}")
    direction = "desc" if down else "asc"
    # The whole is counted only where it is more than this page.
    total = f"""case when {wanted.key is not None} or (select count(*) from page) > {wanted.size}
        then ({whole}) else (select count(*) from page) end"""
    found = await fetch(
        f"""
        with {f"{listing.shared}," if listing.shared else ""} page as materialized (
            select {listing.columns} from {listing.tables} where {where.sql}
            order by {order.column} {direction}, {listing.key} {direction} limit {wanted.size + 1})
        select page.*, {total if counted else 0} as listed_total,
            {listing.beside} as listed_beside
        from (values (1)) one left join page on true
        """,
        *where.args,
    )
    return _listed(listing, wanted, found)


def _choose(where: Where, listing: Listing[Row], wanted: Wanted) -> None:
    """Add the conditions that the listing knows for what is wanted."""
    if listing.always:
        where.parts.append(listing.always)
    if wanted.search and listing.search:
        listing.search(where, wanted.search)
    for name, conditions in listing.filters.items():
        if condition := conditions.get(wanted.chosen[name]):
            where.parts.append(condition)


def _listed(listing: Listing[Row], wanted: Wanted, found: Sequence[Record]) -> Listed[Row]:
    """Return the page in what was found.

    Args:
        found: rows in the order of reading, one more than a page where there are more; one without
            an id where there is none.
    """
    every = [listing.row(record) for record in found if record["id"] is not None]
    rows, more = every[: wanted.size], len(every) > wanted.size
    rows = rows[::-1] if wanted.back else rows
    wanted = replace(wanted, before=max(0, wanted.before) if wanted.key else 0)
    previous, following = "", ""
    if rows and (more if wanted.back else wanted.key):
        before = max(0, wanted.before - wanted.size)
        previous = wanted.turn("before", rows[0].id, before)
    if rows and (wanted.back or more):
        following = wanted.turn("after", rows[-1].id, wanted.before + len(rows))
    total = found[0]["listed_total"]
    return Listed(
        rows=rows,
        wanted=wanted,
        total=min(total, listing.most),
        uncounted=total > listing.most,
        previous=previous,
        following=following,
        beside=found[0]["listed_beside"],
    )
