"""What stays of people who withdrew."""

from piccolo.columns import UUID, Boolean, Text, Timestamptz
from piccolo.table import Table

from app.database.data_fields import NOBODY, Fields, Level
from app.database.quotas import Bound


class Withdrawal(Table):
    """The fact that a person withdrew. Nothing in it leads back to the person."""

    id = UUID(primary_key=True, default=None)
    erased_user = UUID(unique=True, default=None)
    staff = Boolean()
    reason = Text(null=True, default=None)
    note = Text()
    at = Timestamptz(default=None)


DATA = (
    Fields("withdrawal", "erased_user staff reason note at", Level.PERSONAL, NOBODY, "the portal"),
)
BOUNDS = (Bound("withdrawal", "unique: one for each erased account"),)
