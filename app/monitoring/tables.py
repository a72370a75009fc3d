"""What tells whether the portal does by itself what it should."""

from piccolo.columns import Integer, Text, Timestamptz
from piccolo.table import Table

from app.database.quotas import Bound


class Chore(Table):
    """When any process did a chore last, and how often one failed at it."""

    name = Text(primary_key=True)
    done_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    failures = Integer()


BOUNDS = (Bound("chore", "one for each of the portal's background tasks"),)
