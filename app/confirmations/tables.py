"""The confirm step's memory."""

from piccolo.columns import JSONB, UUID, Bytea, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Quota


class Confirmation(Table):
    """A change that waits for 決定, or that was done by it. Its id is the idempotency key."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    act = Text()
    payload = JSONB()
    upload = Bytea(null=True, default=None)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    done_at = Timestamptz(null=True, default=None)
    location = Text(null=True, default=None)
    message = Text(null=True, default=None)
    refusal = JSONB(null=True, default=None)


DATA = (
    Fields(
        "confirmation",
        "user act payload upload created_at expires_at done_at location message refusal",
        Level.CONFIDENTIAL,
        "oneself",
        "oneself",
    ),
)
QUOTAS = (
    Quota(
        "confirmation_of_a_person",
        "confirmation",
        ("user",),
        500,
        "created_at",
        measured=("payload", "upload", "refusal"),
        most_bytes=16_000_000,
    ),
)
