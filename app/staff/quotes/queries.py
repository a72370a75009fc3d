"""Reads about quote requests, as all of the staff see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.database import Record, fetch, fetch_one
from app.quotes.queries import LINES, SeenRequest, seen_request
from app.quotes.rules import QuoteState
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

OPEN = "q.state in ('received', 'in-review')"
AGE = "extract(epoch from q.requested_at)"
QUOTES = Source(
    columns="""q.id, q.reference, q.state, q.requested_at, q.applied_at, c.number, c.name,
        c.time_zone, p.name as company, h.name as handler""",
    tables="""quote_request q join contract c on c.id = q.contract
        join company p on p.id = c.company left join portal_user h on h.id = q.handled_by""",
    key="q.id",
    orders={
        # What waits, the oldest first; then the rest, the newest first.
        "waiting": Order(f"case when {OPEN} then {AGE} else 1e11 - {AGE} end"),
        "newest": Order("q.requested_at", down=True),
        "contract": Order("c.number"),
    },
)
STATES = {
    "open": OPEN,
    **{state.value: f"q.state = '{state.value}'" for state in QuoteState},
    "to-apply": "q.state = 'concluded' and q.applied_at is null",
}
HANDLERS = ("me", "nobody")


async def list_quotes(
    search: str, *, state: str, handler: str, viewer: UUID, order: str, after: UUID | None
) -> Listed:
    """Requests whose reference, contract or company has the words.

    Args:
        state: a key of STATES, or empty.
        handler: who works on it, one of HANDLERS, or empty.
    """
    where = Where()
    where.contains(search, "q.reference", "c.number", "c.name", "p.name")
    if state:
        where.add(STATES[state])
    if handler == "me":
        where.add("q.handled_by = {}", viewer)
    elif handler:
        where.add("q.handled_by is null")
    return await list_rows(QUOTES, where, order=order, after=after)


@dataclass(frozen=True)
class Quote:
    """A request with what only the vendor sees.

    Attributes:
        contract: id, number, name, company, time_zone and ends_on of its contract.
        handler: who works on it: id and name, or None.
    """

    seen: SeenRequest
    revision: int
    contract: Mapping[str, Any]
    handler: UUID | None
    handler_name: str | None

    @property
    def url(self) -> str:
        """Path of its page in the console."""
        return f"/staff/quotes/{self.seen.reference}"

    @property
    def applied(self) -> bool:
        """Whether the contract was changed as agreed."""
        return self.seen.applied_at is not None

    @property
    def contract_ends_on(self) -> date:
        """Last usable day of the contract now."""
        ends_on: date = self.contract["ends_on"]
        return ends_on


async def find_quote(reference: str) -> Quote | None:
    """The request with this reference number."""
    row = await fetch_one(
        f"""
        select q.*, u.name as requested_by_name, {LINES} as lines, h.name as handler_name,
               c.id as contract_id, c.number, c.name, c.time_zone, c.ends_on, p.name as company
        from quote_request q left join portal_user u on u.id = q.requested_by
        left join portal_user h on h.id = q.handled_by
        join contract c on c.id = q.contract join company p on p.id = c.company
        where q.reference = $1
        """,
        reference,
    )
    if row is None:
        return None
    names = ("number", "name", "time_zone", "ends_on", "company")
    contract = {"id": row["contract_id"]} | {name: row[name] for name in names}
    seen = seen_request(row)
    return Quote(seen, row["revision"], contract, row["handled_by"], row["handler_name"])


async def list_colleagues() -> list[Record]:
    """Who can work on a request: operators and administrators whose account works."""
    return list(
        await fetch(
            "select id, name from portal_user where staff_role in ('operator', 'administrator')"
            " and disabled_at is null order by name, id"
        )
    )


async def name_lines(request: UUID) -> list[Record]:
    """The products of a request's lines: entitlement, product, names, unit, and what is in use."""
    return list(
        await fetch(
            """
            select l.entitlement, p.id as product, p.name_ja, p.name_en, p.unit,
                   coalesce(counts_in_use(e.id), 0) as in_use
            from quote_line l left join entitlement e on e.id = l.entitlement
            join product p on p.id = coalesce(l.product, e.product)
            where l.quote_request = $1 order by l.position, l.id
            """,
            request,
        )
    )
