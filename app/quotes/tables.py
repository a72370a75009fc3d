"""What customers ask a quote for, and the vendor's answer."""

from piccolo.columns import JSONB, UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7
from app.products.tables import Entitlement, Product


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


class QuoteDraft(Table):
    """What a contract's owners prepare together; `version` grows with every change."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, unique=True, on_delete=OnDelete.restrict)
    content = JSONB()
    version = Integer(default=1)
    changed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    changed_at = Timestamptz(default=None)
