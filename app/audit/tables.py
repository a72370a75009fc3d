"""The audit log. Rows are only ever added; the database refuses anything else."""

from piccolo.columns import JSONB, UUID, Text, Timestamptz
from piccolo.table import Table

from app.database import uuid7


class AuditEvent(Table):
    """Who did what to what. People are named by id only, so that erasing one keeps the log."""

    id = UUID(primary_key=True, default=uuid7)
    at = Timestamptz(default=None)
    act = Text()
    actor = UUID(null=True, default=None)
    contract = UUID(null=True, default=None)
    subject = UUID(null=True, default=None)
    details = JSONB()
    request_id = Text()
