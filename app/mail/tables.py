"""The outbox."""

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from app.database import uuid7
from app.database.data_fields import Fields, Level, NeverShown
from app.database.quotas import Bound


class Mail(Table):
    """A mail on its way, or the memory of one.

    `content` is encrypted, and wiped at delivery. `about` is the row that the mail is about (an
    invitation, a person), by id only, so that this table knows no other.
    """

    id = UUID(primary_key=True, default=uuid7)
    template = Text()
    about = UUID(null=True, default=None)
    content = Bytea(null=True, default=None)
    state = Text(default="queued")
    reason = Text(null=True, default=None)
    answer = Text()
    failures = Integer()
    created_at = Timestamptz(default=None)
    valid_until = Timestamptz(null=True, default=None)
    due_at = Timestamptz(default=None)
    lease = UUID(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)


DATA = (
    Fields(
        "mail",
        "template about state reason answer failures created_at valid_until due_at "
        "lease settled_at",
        Level.CONFIDENTIAL,
        "viewer",
        "operator sends again or discards",
    ),
    NeverShown("mail", "content"),
)
BOUNDS = (Bound("mail", "written by acts that have a quota, and forgotten a year after delivery"),)
