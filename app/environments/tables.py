"""The customer's systems and what is allocated to them."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.contracts.tables import Contract, GroupCompany
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound, Quota, WhenFull
from app.products.tables import Entitlement
from app.web.i18n import N_


class Environment(Table):
    """One licensed system. The database counts `revision` with every change."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    name = Text()
    sort_key = Integer()
    group_company = ForeignKey(GroupCompany, null=True, on_delete=OnDelete.restrict)
    note = Text(default="")
    revision = Integer(default=1)
    created_at = Timestamptz(default=None)
    retired_at = Timestamptz(null=True, default=None)


class Allocation(Table):
    """So many of an entitlement for an environment; both of the same contract."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    entitlement = ForeignKey(Entitlement, null=False, on_delete=OnDelete.restrict)
    quantity = Integer()


class KnownActivation(Table, tags=["view"]):
    """What environments know of the files that were issued for them."""

    id = UUID(primary_key=True)
    environment = ForeignKey(Environment)
    seq = BigInt()
    issued_at = Timestamptz()
    expires_at = Timestamptz()
    end_reason = Text(null=True)


class KnownGrant(Table, tags=["view"]):
    """What environments know of what a file grants; one is known by file and entitlement."""

    activation = UUID(primary_key=True)
    entitlement = ForeignKey(Entitlement)
    quantity = Integer()
    starts_on = Date()
    ends_on = Date()


DATA = (
    Fields(
        "environment",
        "contract name sort_key group_company note revision created_at retired_at",
        Level.CONFIDENTIAL,
        "the contract's people; viewer",
        "owners",
    ),
    Fields(
        "allocation",
        "contract environment entitlement quantity",
        Level.CONFIDENTIAL,
        "the contract's people; viewer",
        "owners",
    ),
)
QUOTAS = (
    Quota(
        "environment_of_a_contract",
        "environment",
        ("contract",),
        20_000,
        "created_at",
        when_full=WhenFull.REFUSE,
        advice=N_(
            "A contract can have 20,000 environments, including retired ones. Rename one that you"
            " no longer need, or ask your sales contact."
        ),
    ),
)
BOUNDS = (Bound("allocation", "unique: one for each environment and entitlement"),)
