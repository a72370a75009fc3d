"""Reminders that were sent, and the calendars that people subscribe to."""

from piccolo.columns import UUID, Bytea, Date, ForeignKey, Integer, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Bound


class ReminderDigest(Table):
    """A mail of reminders: one for a person and day."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    day = Date(default=None)
    created_at = Timestamptz(default=None)


class Reminder(Table):
    """What a person was reminded of: the row that ends, when, and how many days ahead."""

    id = UUID(primary_key=True, default=uuid7)
    digest = ForeignKey(ReminderDigest, null=False, on_delete=OnDelete.cascade)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    subject = UUID(default=None)
    ends_on = Date(default=None)
    stage = Integer()


class EndDateEvent(Table):
    """An end date that webhooks have sent: the row that ends, when, and how many days ahead."""

    id = UUID(primary_key=True, default=uuid7)
    subject = UUID(default=None)
    ends_on = Date(default=None)
    stage = Integer()
    told_at = Timestamptz(default=None)


class CalendarFeed(Table):
    """A person's calendar address. Kept is the hash of its token; `unshown` until it is shown."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, unique=True, on_delete=OnDelete.cascade)
    generation = Integer()
    token_hash = Bytea(unique=True)
    unshown = Bytea(null=True, default=None)
    created_at = Timestamptz(default=None)


DATA = (
    Fields("reminder_digest", "user day created_at", Level.PERSONAL, NOBODY, "the portal"),
    Fields("reminder", "digest user subject ends_on stage", Level.PERSONAL, NOBODY, "the portal"),
    Fields("end_date_event", "subject ends_on stage told_at", Level.HOUSE, NOBODY, "the portal"),
    Fields(
        "calendar_feed",
        "user generation created_at",
        Level.PERSONAL,
        "oneself that there is one",
        "oneself; ended by every change of credentials",
    ),
    NeverShown("calendar_feed", "token_hash unshown", "oneself"),
)
BOUNDS = (
    Bound("reminder_digest", "the portal writes one for each person and day"),
    Bound("reminder", "the portal writes one for each end date and stage"),
    Bound("end_date_event", "the portal writes one for each end date and stage"),
    Bound("calendar_feed", "unique: one for each person"),
)
