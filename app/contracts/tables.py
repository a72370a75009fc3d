"""Companies, their contracts and the people of a contract.

The database counts every change of a row in its `revision`, so that two people notice each other.
"""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound


class CorporateGroup(Table):
    """Companies that may be offered to each other as group companies."""

    id = UUID(primary_key=True, default=uuid7)
    name = Text()
    revision = Integer(default=1)


class Company(Table):
    """A customer organisation; `external_id` is what the vendor's other systems call it."""

    id = UUID(primary_key=True, default=uuid7)
    name = Text()
    reading = Text()
    corporate_group = ForeignKey(CorporateGroup, null=True, on_delete=OnDelete.restrict)
    revision = Integer(default=1)
    external_id = Text(null=True, default=None)


class Contract(Table):
    """What a company signed. Both dates are usable days in the contract's time zone."""

    id = UUID(primary_key=True, default=uuid7)
    number = Text(unique=True)
    name = Text()
    company = ForeignKey(Company, null=False, on_delete=OnDelete.restrict)
    license_type = Text()
    starts_on = Date(default=None)
    ends_on = Date(default=None)
    time_zone = Text(default="Asia/Tokyo")
    sales_name = Text()
    sales_email = Text()
    sales_phone = Text()
    revision = Integer(default=1)
    external_id = Text(null=True, default=None)
    emergency_files = Integer(default=2)


class ContractChange(Table):
    """A line of a contract's history."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    kind = Text()
    effective_on = Date(default=None)
    note = Text()
    recorded_at = Timestamptz(default=None)


class Membership(Table):
    """A person's role in a contract."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    role = Text()
    notification = Boolean()
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)


class GroupCompany(Table):
    """A company that may use the contract too."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    company = ForeignKey(Company, null=False, on_delete=OnDelete.restrict)
    created_at = Timestamptz(default=None)


class KnownEnvironment(Table, tags=["view"]):
    """What contracts and products know of environments."""

    id = UUID(primary_key=True)
    contract = ForeignKey(Contract)
    group_company = ForeignKey(GroupCompany)
    name = Text()
    sort_key = Integer()
    retired_at = Timestamptz(null=True)


class KnownEntitlement(Table, tags=["view"]):
    """What contracts know of what they entitle to."""

    id = UUID(primary_key=True)
    contract = ForeignKey(Contract)
    ends_on = Date()


class KnownServiceAccount(Table, tags=["view"]):
    """What contracts know of service accounts: those that may act in one now, and their role."""

    id = UUID(primary_key=True)
    contract = ForeignKey(Contract)
    role = Text()


DATA = (
    Fields("corporate_group", "name revision", Level.CONFIDENTIAL, "viewer", "operator"),
    Fields(
        "company",
        "name reading corporate_group revision external_id",
        Level.CONFIDENTIAL,
        "people of its contracts; owners their group's; viewer",
        "operator",
    ),
    Fields(
        "contract",
        "number name company license_type starts_on ends_on time_zone sales_name "
        "sales_email sales_phone revision external_id emergency_files",
        Level.CONFIDENTIAL,
        "the contract's people; viewer",
        "operator, with a reason",
    ),
    Fields(
        "contract_change",
        "contract kind effective_on note recorded_at",
        Level.CONFIDENTIAL,
        "the contract's people; viewer",
        "operator",
    ),
    Fields(
        "membership",
        "user contract role created_at revision",
        Level.PERSONAL,
        "the contract's people; viewer",
        "owners",
    ),
    Fields(
        "membership",
        "notification",
        Level.PERSONAL,
        "the contract's people; viewer",
        "oneself; owners",
    ),
    Fields(
        "group_company",
        "contract company created_at",
        Level.CONFIDENTIAL,
        "the contract's people; viewer",
        "owners",
    ),
)
BOUNDS = (
    Bound("corporate_group", "operators create them"),
    Bound("company", "operators create them"),
    Bound("contract", "operators create them"),
    Bound("contract_change", "operators amend contracts"),
    Bound("membership", "unique: one for each person and contract, by an accepted invitation"),
    Bound("group_company", "unique: one for each contract and company of its corporate group"),
)
