"""Which secret the portal's data is encrypted with."""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table

from app.database.data_fields import Fields, Level
from app.database.ids import uuid7
from app.database.quotas import Bound


class SecretFingerprint(Table):
    """What tells the portal's secret from another, and reveals nothing of it; one row."""

    id = UUID(primary_key=True, default=uuid7)
    fingerprint = Text()
    noted_at = Timestamptz(default=None)


DATA = (Fields("secret_fingerprint", "fingerprint noted_at", Level.HOUSE, changes="the portal"),)
BOUNDS = (Bound("secret_fingerprint", "one row, which the first start makes"),)
