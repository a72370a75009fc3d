"""The catalogue, what a contract entitles to, and license keys.

The database counts every change of a row in its `revision`, so that two people notice each other.
"""

from piccolo.columns import UUID, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound


class Product(Table):
    """A catalogue entry; `unit` is users, servers or cores."""

    id = UUID(primary_key=True, default=uuid7)
    code = Text(unique=True)
    name_ja = Text()
    name_en = Text()
    unit = Text()
    version = Text()
    revision = Integer(default=1)
    external_id = Text(null=True, default=None)


class LicenseKey(Table):
    """Redeemed to add an other product; its dates become the entitlement's.

    Attributes:
        contract: the only contract that may redeem it; None lets any.
        batch: what it was issued with; None if it was issued alone.
    """

    id = UUID(primary_key=True, default=uuid7)
    code = Text(unique=True)
    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)
    quantity = Integer()
    starts_on = Date(default=None)
    ends_on = Date(default=None)
    contract = ForeignKey(Contract, null=True, on_delete=OnDelete.restrict)
    batch = UUID(null=True, default=None)
    issued_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)


class LicenseKeyExport(Table):
    """That the keys of a batch were taken away as a file, the first time."""

    batch = UUID(primary_key=True, default=None)
    exported_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    exported_at = Timestamptz(default=None)


class Entitlement(Table):
    """A contracted product: so many of its unit, from day to day, both usable."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)
    quantity = Integer()
    starts_on = Date(default=None)
    ends_on = Date(default=None)
    license_key = ForeignKey(LicenseKey, null=True, unique=True, on_delete=OnDelete.restrict)
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)
    external_id = Text(null=True, default=None)


class KnownAllocation(Table, tags=["view"]):
    """What products know of allocations; one is known by its environment and entitlement."""

    environment = UUID(primary_key=True)
    entitlement = ForeignKey(Entitlement)
    quantity = Integer()


class Hold(Table, tags=["view"]):
    """What the running files of an environment hold of an entitlement, and until when."""

    environment = UUID(primary_key=True)
    entitlement = ForeignKey(Entitlement)
    quantity = Integer()
    until = Timestamptz()


DATA = (
    Fields(
        "product",
        "code name_ja name_en unit version revision external_id",
        Level.HOUSE,
        "signed in; whole list viewer",
        "operator",
    ),
    Fields(
        "license_key",
        "code",
        Level.SECRET,
        "masked to viewer; whole in a batch's export",
        "operator issues and revokes",
    ),
    Fields(
        "license_key",
        "product quantity starts_on ends_on contract batch issued_at revoked_at",
        Level.CONFIDENTIAL,
        "viewer",
        "operator issues and revokes",
    ),
    Fields(
        "license_key_export",
        "exported_by exported_at",
        Level.PERSONAL,
        "viewer",
        "operator once, administrator again",
    ),
    Fields(
        "entitlement",
        "contract product quantity starts_on ends_on license_key created_at revision external_id",
        Level.CONFIDENTIAL,
        "the contract's people; viewer",
        "operator; owners by a license key",
    ),
)
BOUNDS = (
    Bound("product", "operators create them"),
    Bound("license_key", "operators issue them, in batches of a limited size"),
    Bound("license_key_export", "one for each batch"),
    Bound("entitlement", "operators add them; a customer's by a license key, each once"),
)
