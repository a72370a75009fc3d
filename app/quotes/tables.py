"""What customers ask a quote for, and the vendor's answer."""

from datetime import timedelta

from piccolo.columns import JSONB, UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound, Quota, WhenFull
from app.products.tables import Entitlement, Product
from app.web.i18n import N_


class QuoteRequest(Table):
    """A request for a quote.

    `answer_file` is the storage key of the vendor's PDF, `answer_file_size` its bytes; `handled_by`
    is who of the vendor works on it; `applied_at` is when the contract was changed as agreed, and
    `counts_from` the first day of the new counts; the database counts `revision` with every change.
    """

    id = UUID(primary_key=True, default=uuid7)
    reference = Text(unique=True)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    state = Text()
    requested_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    requested_at = Timestamptz(default=None)
    note = Text()
    answer = Text(default="")
    answered_at = Timestamptz(null=True, default=None)
    answer_file = Text(null=True, default=None)
    answer_file_name = Text(null=True, default=None)
    answer_file_size = BigInt(null=True, default=None)
    answer_file_sha256 = Text(null=True, default=None)
    handled_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    withdrawn_at = Timestamptz(null=True, default=None)
    concluded_at = Timestamptz(null=True, default=None)
    applied_at = Timestamptz(null=True, default=None)
    counts_from = Date(null=True, default=None)
    revision = Integer(default=1)


class QuoteLine(Table):
    """A wish about an entitlement (renew, change, end), or an addition of a product (add).

    `quantity_before` is what the entitlement had when the quote was asked for; `position` is the
    line's place in the request.
    """

    id = UUID(primary_key=True, default=uuid7)
    quote_request = ForeignKey(QuoteRequest, null=False, on_delete=OnDelete.cascade)
    entitlement = ForeignKey(Entitlement, null=True, on_delete=OnDelete.restrict)
    product = ForeignKey(Product, null=True, on_delete=OnDelete.restrict)
    wish = Text()
    quantity = Integer(null=True, default=None)
    quantity_before = Integer(null=True, default=None)
    position = Integer(default=0)


class QuoteAnswerRead(Table):
    """When a person last opened the answer to a quote request; a corrected answer is unread."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    quote_request = ForeignKey(QuoteRequest, null=False, on_delete=OnDelete.cascade)
    read_at = Timestamptz(default=None)


class QuoteDraft(Table):
    """What a contract's owners prepare together; the database counts `revision`."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, unique=True, on_delete=OnDelete.restrict)
    content = JSONB()
    revision = Integer(default=1)
    changed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    changed_at = Timestamptz(default=None)


DATA = (
    Fields(
        "quote_request",
        "reference contract state requested_by requested_at note answer answered_at "
        "answer_file answer_file_name answer_file_size answer_file_sha256 "
        "withdrawn_at concluded_at applied_at counts_from revision",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "owners until it is in review; operator answers",
    ),
    Fields("quote_request", "handled_by", Level.PERSONAL, "viewer", "operator"),
    Fields(
        "quote_line",
        "quote_request entitlement product wish quantity quantity_before position",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "owners, with the request",
    ),
    Fields("quote_answer_read", "user quote_request read_at", Level.PERSONAL, "oneself", "oneself"),
    Fields(
        "quote_draft",
        "contract content revision changed_by changed_at",
        Level.CONFIDENTIAL,
        "owners",
        "owners",
    ),
)
QUOTAS = (
    Quota(
        "quote_request_of_a_contract_a_day",
        "quote_request",
        ("contract",),
        50,
        "requested_at",
        when_full=WhenFull.REFUSE,
        within=timedelta(hours=24),
        advice=N_(
            "This contract has reached the limit of 50 quote requests in 24 hours. Try again"
            " tomorrow, or ask your sales contact."
        ),
    ),
    Quota(
        "quote_request_of_a_contract",
        "quote_request",
        ("contract",),
        5000,
        "requested_at",
        when_full=WhenFull.REFUSE,
        advice=N_(
            "This contract has reached the limit of 5,000 quote requests. Ask your sales"
            " contact for a quote."
        ),
    ),
)
BOUNDS = (
    Bound("quote_line", "at most one for each entitlement and 50 additions of a request"),
    Bound("quote_answer_read", "unique: one for each person and request"),
    Bound("quote_draft", "unique: one for each contract, of fields that have a longest value"),
)
