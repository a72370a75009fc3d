"""Reads of quote requests, through the person's contract."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.contracts.rules import SeenContract
from app.database import Record, fetch_one, fetch_value
from app.products.rules import product_name
from app.quotes.rules import Line, QuoteState, Wish, totals
from app.web.downloads import Download
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows

# The lines of the request q as JSON text, with the current entitlements.
LINES = """
    (select json_agg(json_build_object(
                'wish', l.wish, 'quantity', l.quantity, 'before', l.quantity_before,
                'entitlement', l.entitlement, 'product', l.product,
                'contracted', e.quantity, 'unit', p.unit,
                'name_ja', p.name_ja, 'name_en', p.name_en) order by l.position, l.id)
     from quote_line l left join entitlement e on e.id = l.entitlement
     join product p on p.id = coalesce(l.product, e.product)
     where l.quote_request = q.id)::text
"""


def answer_read(user: str) -> str:
    """Return the condition that a person has opened the present answer to the request q."""
    return (
        "exists (select from quote_answer_read r where r.quote_request = q.id"
        f' and r."user" = {user} and r.read_at >= q.answered_at)'
    )


@dataclass(frozen=True)
class SeenLine:
    """A line of a request, with the names of its product."""

    line: Line
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class SeenRequest:
    """A quote request of the person's contract.

    Attributes:
        requested_by: None if the account is deleted.
        answer_file: the vendor's PDF.
        counts_from: the first day of the new counts, once the contract was changed.
    """

    id: UUID
    reference: str
    state: QuoteState
    requested_by: str | None
    requested_at: datetime
    note: str
    answer: str
    answered_at: datetime | None
    answer_file: Download | None
    withdrawn_at: datetime | None
    concluded_at: datetime | None
    applied_at: datetime | None
    counts_from: date | None
    lines: list[SeenLine]

    @property
    def totals(self) -> dict[tuple[str, str], int]:
        """Return the counts afterwards of products that several lines are about."""
        return totals([(product_name(seen), seen.line) for seen in self.lines])


@dataclass(frozen=True)
class OpenedRequest(SeenRequest):
    """A quote request as one person sees it.

    Attributes:
        answer_read: whether the person has opened the present answer before.
    """

    answer_read: bool


@dataclass(frozen=True)
class ListedRequest:
    """A quote request as the list has it."""

    id: UUID
    reference: str
    state: str
    requested_at: datetime
    requested_by: str | None


REQUESTS = Listing(
    row=fields_of(ListedRequest),
    columns="q.id, q.reference, q.state, q.requested_at, u.name as requested_by",
    tables="quote_request q left join portal_user u on u.id = q.requested_by",
    key="q.id",
    orders={"newest": Order("q.requested_at", down=True), "reference": Order("q.reference")},
    search=words_in("q.reference", "coalesce(u.name, '')"),
    filters={"state": {state.value: f"q.state = '{state.value}'" for state in QuoteState}},
)


async def list_requests(contract: SeenContract, wanted: Wanted) -> Listed[ListedRequest]:
    """Return the contract's requests."""
    where = Where()
    where.add("q.contract = {}", contract.id)
    return await list_rows(REQUESTS, wanted, where)


async def find_request(
    contract: SeenContract, reference: str, viewer: UUID
) -> OpenedRequest | None:
    """Return the contract's request with this reference number."""
    row = await fetch_one(
        f"select q.*, u.name as requested_by_name, {LINES} as lines, {answer_read('$3')} as read"
        " from quote_request q left join portal_user u on u.id = q.requested_by"
        " where q.contract = $1 and q.reference = $2",
        contract.id,
        reference,
        viewer,
    )
    return OpenedRequest(**vars(seen_request(row)), answer_read=row["read"]) if row else None


def seen_request(row: Record) -> SeenRequest:
    """Return a request from a row of quote_request with requested_by_name and LINES as lines."""
    return SeenRequest(
        id=row["id"],
        reference=row["reference"],
        state=QuoteState(row["state"]),
        requested_by=row["requested_by_name"],
        requested_at=row["requested_at"],
        note=row["note"],
        answer=row["answer"],
        answered_at=row["answered_at"],
        answer_file=_answer_file(row),
        withdrawn_at=row["withdrawn_at"],
        concluded_at=row["concluded_at"],
        applied_at=row["applied_at"],
        counts_from=row["counts_from"],
        lines=[_line(line) for line in json.loads(row["lines"] or "[]")],
    )


def _answer_file(row: Record) -> Download | None:
    if row["answer_file"] is None or row["answer_file_size"] is None:
        return None
    return Download(
        key=row["answer_file"],
        name=row["answer_file_name"],
        media_type="application/pdf",
        size=row["answer_file_size"],
        sha256=row["answer_file_sha256"],
        modified_at=row["answered_at"],
    )


def _line(line: dict[str, Any]) -> SeenLine:
    wish = Wish(line["wish"])
    before = 0 if wish is Wish.ADD else line["before"] or line["contracted"]
    wished = Line(
        wish=wish,
        unit=line["unit"],
        before=before,
        wanted=line["quantity"],
        entitlement=UUID(line["entitlement"]) if line["entitlement"] else None,
        product=UUID(line["product"]) if line["product"] else None,
    )
    return SeenLine(wished, line["name_ja"], line["name_en"])


async def reference_of(contract: UUID, draft_gone: UUID) -> str | None:
    """Return the reference number of the request that a draft became."""
    reference: str | None = await fetch_value(
        "select q.reference from quote_request q join audit_event a on a.subject = q.id"
        " where q.contract = $1 and a.contract = $1 and a.event_type = 'quote-request'"
        " and a.details ->> 'draft' = $2",
        contract,
        str(draft_gone),
    )
    return reference
