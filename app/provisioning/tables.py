"""Provisioning (SCIM): the token of a connection, and whom its provider manages."""

from piccolo.columns import JSONB, UUID, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import Fields, Level, NeverShown
from app.database.quotas import Bound, Quota, WhenFull
from app.single_sign_on.tables import SingleSignOnConnection
from app.web.i18n import N_


class ProvisioningToken(Table):
    """What a provider signs its calls with. Only hashes are kept.

    Attributes:
        unshown: the token, encrypted, until the person who made it has seen it.
        previous_token_hash, previous_expires_at: the token before it, which works a while longer.
        last_used_from: the network address of the last call.
    """

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(
        SingleSignOnConnection, null=False, unique=True, on_delete=OnDelete.cascade
    )
    token_hash = Bytea(unique=True)
    unshown = Bytea(null=True, default=None)
    made_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    made_at = Timestamptz(default=None)
    previous_token_hash = Bytea(null=True, unique=True, default=None)
    previous_expires_at = Timestamptz(null=True, default=None)
    last_used_at = Timestamptz(null=True, default=None)
    last_used_from = Text(default="")
    revoked_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


class ProvisionedPerson(Table):
    """A person whom a provider manages, and what it says of them.

    Attributes:
        id: of the person in SCIM; the account has another one.
        user_name: the provider's own name of the person, which may be no address.
        attributes: what else it says: names, addresses, and whether it says anything of `active`.
        removed_at: when the provider removed the person; the account stays deactivated.
    """

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    user = ForeignKey(User, null=False, unique=True, on_delete=OnDelete.cascade)
    user_name = Text()
    external_id = Text(null=True, default=None)
    attributes = JSONB()
    created_at = Timestamptz(default=None)
    changed_at = Timestamptz(default=None)
    removed_at = Timestamptz(null=True, default=None)


DATA = (
    Fields(
        "provisioning_token",
        "connection made_by made_at previous_expires_at last_used_at last_used_from revoked_at "
        "revision",
        Level.CONFIDENTIAL,
        "administrator",
        "administrator, by proof",
    ),
    NeverShown(
        "provisioning_token", "token_hash previous_token_hash unshown", "administrator, by proof"
    ),
    Fields(
        "provisioned_person",
        "connection user user_name external_id attributes created_at changed_at removed_at",
        Level.PERSONAL,
        "the company's provider; oneself, in their own data",
        "the company's provider",
    ),
)
QUOTAS = (
    Quota(
        "provisioned_person_of_a_connection",
        "provisioned_person",
        ("connection",),
        20_000,
        "created_at",
        when_full=WhenFull.REFUSE,
        advice=N_("A company's provider can manage 20,000 people. Contact us."),
    ),
)
BOUNDS = (Bound("provisioning_token", "unique: one for each connection"),)
