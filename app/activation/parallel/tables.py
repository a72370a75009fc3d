"""Old systems that go on for some days after their environment moved to another machine."""

from piccolo.columns import UUID, Date, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.activation.tables import Activation
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound
from app.environments.tables import Environment


class ParallelOperation(Table):
    """How long the old system may go on beside the new one; it may only be ended early.

    Attributes:
        activation: what the old system runs on.
        started_on, ends_on: first and last day, in the contract's time zone.
    """

    id = UUID(primary_key=True, default=uuid7)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    activation = ForeignKey(Activation, null=False, unique=True, on_delete=OnDelete.restrict)
    started_on = Date(default=None)
    ends_on = Date(default=None)
    started_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Text(null=True, default=None)


DATA = (
    Fields(
        "parallel_operation",
        "environment activation started_on ends_on started_at ended_at end_reason",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "owners; ended also by the portal and operator",
    ),
)
BOUNDS = (Bound("parallel_operation", "a trigger: a few for each contract and calendar year"),)
