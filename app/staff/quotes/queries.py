"""Reads about quote requests, as all of the staff see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.database import fetch_one, rows
from app.quotes.queries import LINES, SeenRequest, seen_request
from app.quotes.rules import QuoteState
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows

OPEN = "q.state in ('received', 'in-review')"
AGE = "extract(epoch from q.requested_at)"

STATES = {
    "open": OPEN,
    **{state.value: f"q.state = '{state.value}'" for state in QuoteState},
    "to-apply": "q.state = 'concluded' and q.applied_at is null",
}
HANDLERS = ("me", "nobody")


@dataclass(frozen=True)
class ListedQuote:
    """A request in the list; `handler` is the name of who works on it."""

    id: UUID
    reference: str
    state: str
    requested_at: datetime
    applied_at: datetime | None
    number: str
    name: str
    time_zone: str
    company: str
    handler: str | None


QUOTES = Listing(
    row=fields_of(ListedQuote),
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
    search=words_in("q.reference", "c.number", "c.name", "p.name"),
    filters={"state": STATES},
)


async def list_quotes(wanted: Wanted, viewer: UUID) -> Listed[ListedQuote]:
    """Return requests, of all of the staff, of the viewer, or those without anyone."""
    where = Where()
    if wanted.chosen["handler"] == "me":
        where.add("q.handled_by = {}", viewer)
    elif wanted.chosen["handler"]:
        where.add("q.handled_by is null")
    return await list_rows(QUOTES, wanted, where)


@dataclass(frozen=True)
class QuotedContract:
    """The contract of a request."""

    id: UUID
    number: str
    name: str
    company: str
    time_zone: str
    ends_on: date


@dataclass(frozen=True)
class Quote:
    """A request with what only the vendor sees; `handler` is who works on it."""

    seen: SeenRequest
    revision: int
    contract: QuotedContract
    handler: UUID | None
    handler_name: str | None

    @property
    def url(self) -> str:
        """Return the path of its page in the console."""
        return f"/staff/quotes/{self.seen.reference}"

    @property
    def applicable(self) -> bool:
        """Return whether it can be applied to its contract."""
        agreed = self.seen.state in {QuoteState.ANSWERED, QuoteState.CONCLUDED}
        return agreed and self.seen.applied_at is None


async def find_quote(reference: str) -> Quote | None:
    """Return the request with this reference number."""
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
    contract = QuotedContract(
        row["contract_id"],
        row["number"],
        row["name"],
        row["company"],
        row["time_zone"],
        row["ends_on"],
    )
    return Quote(
        seen_request(row), row["revision"], contract, row["handled_by"], row["handler_name"]
    )


@dataclass(frozen=True)
class Colleague:
    """One of the staff who can work on a request."""

    id: UUID
    name: str


async def list_colleagues() -> list[Colleague]:
    """Return operators and administrators whose account works."""
    return await rows(
        Colleague,
        "select id, name from portal_user where staff_role in ('operator', 'administrator')"
        " and disabled_at is null order by name, id",
    )


@dataclass(frozen=True)
class LineProduct:
    """The product of a request's line, and what of it is in use."""

    entitlement: UUID | None
    product: UUID
    name_ja: str
    name_en: str
    unit: str
    in_use: int


async def name_lines(request: UUID) -> list[LineProduct]:
    """Return the products of a request's lines, in their order."""
    return await rows(
        LineProduct,
        """
        select l.entitlement, p.id as product, p.name_ja, p.name_en, p.unit,
               coalesce(counts_in_use(e.id), 0) as in_use
        from quote_line l left join entitlement e on e.id = l.entitlement
        join product p on p.id = coalesce(l.product, e.product)
        where l.quote_request = $1 order by l.position, l.id
        """,
        request,
    )
