"""The audit log. Rows are only ever added; the database refuses anything else."""

from piccolo.columns import JSONB, UUID, BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table

from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound


class AuditEvent(Table):
    """Who did what to what. People are named by id only, so that erasing one keeps the log."""

    id = UUID(primary_key=True, default=uuid7)
    at = Timestamptz(default=None)
    event_type = Text()
    actor = UUID(null=True, default=None)
    contract = UUID(null=True, default=None)
    subject = UUID(null=True, default=None)
    details = JSONB()
    request_id = Text()


class AuditLink(Table):
    """An event's place in the chain. It outlives an event that is taken away."""

    number = BigInt(primary_key=True)
    event = UUID(unique=True, default=None)
    digest = Bytea(unique=True)
    linked_at = Timestamptz(default=None)


class AuditHead(Table):
    """How far the chain went, signed by the portal."""

    number = BigInt(primary_key=True)
    signed = Text()
    signed_at = Timestamptz(default=None)


class AuditUnlinked(Table):
    """An event that waits for its link; the database puts it here."""

    event = UUID(primary_key=True, default=None)


DATA = (
    Fields(
        "audit_event",
        "at event_type actor contract subject details request_id",
        Level.PERSONAL,
        "owners their contract's; viewer all; export administrator",
    ),
    Fields("audit_link", "event digest linked_at", Level.HOUSE, "export administrator"),
    Fields("audit_head", "signed signed_at", Level.HOUSE, "export administrator"),
)
BOUNDS = (
    Bound("audit_event", "app/audit/limits.py: so many of a kind for each person and day"),
    Bound("audit_link", "one for each event"),
    Bound("audit_head", "the portal signs them at intervals"),
    Bound("audit_unlinked", "one for each event, for seconds"),
)
