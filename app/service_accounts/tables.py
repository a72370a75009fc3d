"""Service accounts: what other systems sign their calls to the API with."""

from piccolo.columns import UUID, Array, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7
from app.database.data_fields import Fields, Level, NeverShown
from app.database.quotas import Quota, WhenFull
from app.web.i18n import N_


class ServiceAccount(Table):
    """An account of a contract or of the vendor, with its token. Only hashes of tokens are kept.

    Attributes:
        contract, role: None for one of the vendor's.
        scopes: permissions of the console; None for a contract's.
        unshown: the newest token, encrypted, until the person who made it has seen it.
        made_by, made_at: who made the newest token, and when.
        previous_token_hash, previous_expires_at: the token before it, which works a while longer.
        last_used_from: the network address of the last call.
    """

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=True, on_delete=OnDelete.restrict)
    name = Text()
    role = Text(null=True, default=None)
    scopes = Array(base_column=Text(), null=True, default=None)
    token_hash = Bytea(unique=True)
    unshown = Bytea(null=True, default=None)
    made_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    made_at = Timestamptz(default=None)
    previous_token_hash = Bytea(null=True, unique=True, default=None)
    previous_expires_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    last_used_at = Timestamptz(null=True, default=None)
    last_used_from = Text(default="")
    revoked_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


DATA = (
    Fields(
        "service_account",
        "contract name role scopes made_by made_at previous_expires_at created_at expires_at "
        "last_used_at last_used_from revoked_at revision",
        Level.CONFIDENTIAL,
        "owners; of the vendor's administrators",
        "owners, by proof; of the vendor's administrators, by proof",
    ),
    NeverShown(
        "service_account",
        "token_hash previous_token_hash unshown",
        "owners and administrators, by proof",
    ),
)
QUOTAS = (
    Quota(
        "service_account_of_a_contract",
        "service_account",
        ("contract",),
        1000,
        "created_at",
        when_full=WhenFull.REFUSE,
        advice=N_(
            "This contract has reached the limit of 1,000 service accounts, including revoked"
            " ones. Contact us."
        ),
    ),
    Quota(
        "service_account_of_a_contract_in_use",
        "service_account",
        ("contract",),
        50,
        "created_at",
        when_full=WhenFull.REFUSE,
        only="t.revoked_at is null",
        advice=N_(
            "This contract has 50 service accounts. Revoke one that you no longer need, then try"
            " again."
        ),
    ),
)
