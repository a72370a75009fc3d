"""Emergency files, which owners make in advance, and what systems report of their use."""

from piccolo.columns import UUID, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound
from app.environments.tables import Environment
from app.service_accounts.tables import ServiceAccount


class EmergencyFile(Table):
    """A file that runs one system for some days without a request; never changed.

    Attributes:
        slot: its place among those of the environment, from 1.
        replaced_at: when another file took its slot.
    """

    id = UUID(primary_key=True, default=uuid7)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    slot = Integer()
    jti = Text(unique=True)
    kid = Text()
    file = Text()
    issued_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    issued_by_account = ForeignKey(ServiceAccount, null=True, on_delete=OnDelete.restrict)
    issued_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    downloaded_at = Timestamptz(null=True, default=None)
    replaced_at = Timestamptz(null=True, default=None)


class EmergencyUse(Table):
    """What a system's request said of its use of an emergency file.

    Attributes:
        environment: the one whose request said so.
        jkt: thumbprint of the system's key.
    """

    id = UUID(primary_key=True, default=uuid7)
    emergency_file = ForeignKey(EmergencyFile, null=False, on_delete=OnDelete.restrict)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    jkt = Text()
    system_name = Text()
    host = Text()
    first_used_at = Timestamptz(default=None)
    days_used = Integer()
    reported_at = Timestamptz(default=None)


DATA = (
    Fields(
        "emergency_file",
        "environment slot jti kid file issued_by issued_by_account issued_at expires_at "
        "downloaded_at replaced_at",
        Level.CONFIDENTIAL,
        "owners; viewer all but the file",
        "owners",
    ),
    Fields(
        "emergency_use",
        "emergency_file environment jkt system_name host first_used_at days_used reported_at",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "the portal, from requests",
    ),
)
BOUNDS = (
    Bound("emergency_file", "a trigger: one for each slot and activation of the environment"),
    Bound("emergency_use", "unique: one for each file and system that was activated"),
)
