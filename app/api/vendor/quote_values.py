"""Quote requests as the vendor's systems see them, and answers to them, as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.api.values import Names
from app.quotes.answer_services import LONGEST_MESSAGE
from app.quotes.rules import QuoteState, Wish
from app.web.i18n import N_


class ListedQuote(msgspec.Struct, frozen=True):
    """A quote request in the list."""

    reference: str
    state: QuoteState
    requested_at: datetime
    contract: Annotated[str, Meta(description=N_("Number of the contract."))]
    company: str
    applied_at: datetime | None


class QuoteLine(msgspec.Struct, frozen=True):
    """What is wished for a product."""

    wish: Wish
    product: Names
    unit: str
    entitlement: Annotated[UUID | None, Meta(description=N_("Null for an addition."))]
    before: Annotated[int, Meta(description=N_("How much was contracted."))]
    after: Annotated[int, Meta(description=N_("How much is wished for."))]


class Quote(ListedQuote, frozen=True):
    """A quote request with its lines and its answer."""

    note: str
    lines: list[QuoteLine]
    handled_by: Annotated[str | None, Meta(description=N_("The member of staff."))]
    answer: str
    answered_at: datetime | None
    answer_file: Annotated[str | None, Meta(description=N_("Name of the PDF."))]
    concluded_at: datetime | None
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]


class PdfFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A PDF file."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    content: Annotated[bytes, Meta(description=N_("The PDF in base64, at most 10 MB."))]


class QuoteAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to a quote request. Without a file, the file of an earlier answer stays."""

    message: Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE)]
    file: PdfFile | None = None


class QuoteTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days that were agreed on."""

    starts_on: Annotated[date, Meta(description=N_("First day of renewed products."))]
    ends_on: date
    additions_start_on: Annotated[date, Meta(description=N_("First day of added products."))]
