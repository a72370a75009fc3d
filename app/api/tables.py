"""The memory of the API: what was answered to calls that named an idempotency key."""

from piccolo.columns import JSONB, UUID, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Quota, WhenFull
from app.service_accounts.tables import ServiceAccount
from app.web.i18n import N_


class ApiCall(Table):
    """A call that changed something, and its answer. Written in the change's transaction.

    Attributes:
        key: what the caller named it.
        fingerprint: SHA-256 of what was asked, so that a key is good for one call only.
    """

    id = UUID(primary_key=True, default=uuid7)
    service_account = ForeignKey(ServiceAccount, null=False, on_delete=OnDelete.restrict)
    key = Text()
    fingerprint = Bytea()
    status = Integer(null=True, default=None)
    headers = JSONB(null=True, default=None)
    body = Text(null=True, default=None)
    created_at = Timestamptz(default=None)


DATA = (
    Fields(
        "api_call",
        "service_account key status headers body created_at",
        Level.CONFIDENTIAL,
        NOBODY,
        "the service account",
    ),
    NeverShown("api_call", "fingerprint", "the service account", Level.HOUSE),
)
QUOTAS = (
    Quota(
        "api_call_of_a_service_account",
        "api_call",
        ("service_account",),
        50_000,
        "created_at",
        when_full=WhenFull.REFUSE,
        advice=N_(
            "This service account has sent 50,000 calls with an idempotency key within 48 hours."
            " Try again later, or leave the key out."
        ),
    ),
)
