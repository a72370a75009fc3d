"""When each background task was last done, and how often it failed."""

from piccolo.columns import Integer, Text, Timestamptz
from piccolo.table import Table

from app.database.data_fields import Fields, Level
from app.database.quotas import Bound


class BackgroundTask(Table):
    """When any process did a task last, and how often one failed at it."""

    name = Text(primary_key=True)
    done_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    failures = Integer()


DATA = (
    Fields(
        "background_task", "done_at failed_at failures", Level.HOUSE, "monitoring", "the portal"
    ),
)
BOUNDS = (Bound("background_task", "one for each of the portal's background tasks"),)
