"""Signing keys, keysets and the activation files that were issued."""

from datetime import timedelta

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import Fields, Level, NeverShown
from app.database.quotas import Bound, Quota, WhenFull
from app.environments.tables import Environment
from app.products.tables import Entitlement
from app.service_accounts.tables import ServiceAccount
from app.web.i18n import N_


class SigningKey(Table):
    """A key that signs activations, of Ed25519 or ML-DSA-65; the private part rests encrypted."""

    id = UUID(primary_key=True, default=uuid7)
    kid = Text(unique=True)
    algorithm = Text(default="EdDSA")
    public_key = Bytea()
    private_key = Bytea()
    not_before = Timestamptz(default=None)
    not_after = Timestamptz(default=None)
    created_at = Timestamptz(default=None)


class Keyset(Table):
    """The signing keys that the root vouches for; in force once signed and imported."""

    id = UUID(primary_key=True, default=uuid7)
    version = Integer(unique=True)
    document = Text()
    signed = Text(null=True, default=None)
    created_at = Timestamptz(default=None)
    activated_at = Timestamptz(null=True, default=None)


class Activation(Table):
    """An activation file that was issued; never changed, only downloaded and ended.

    Attributes:
        batch: what files that were issued together share; None for one that was issued alone.
    """

    id = UUID(primary_key=True, default=uuid7)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    seq = BigInt()
    jti = Text(unique=True)
    kid = Text()
    file = Text()
    request_jti = Text(unique=True)
    request_file = Text()
    jkt = Text()
    issued_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    issued_by_account = ForeignKey(ServiceAccount, null=True, on_delete=OnDelete.restrict)
    issued_at = Timestamptz(default=None)
    batch = UUID(null=True, default=None)
    expires_at = Timestamptz(default=None)
    moved = Boolean()
    downloaded_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Text(null=True, default=None)
    return_jti = Text(null=True, unique=True, default=None)
    return_file = Text(null=True, default=None)


class ActivationProduct(Table):
    """What an activation file grants."""

    id = UUID(primary_key=True, default=uuid7)
    activation = ForeignKey(Activation, null=False, on_delete=OnDelete.restrict)
    entitlement = ForeignKey(Entitlement, null=False, on_delete=OnDelete.restrict)
    quantity = Integer()
    starts_on = Date(default=None)
    ends_on = Date(default=None)


class CarriedHold(Table):
    """What a file from before a succession still uses of the entitlement that follows."""

    id = UUID(primary_key=True, default=uuid7)
    activation = ForeignKey(Activation, null=False, on_delete=OnDelete.restrict)
    entitlement = ForeignKey(Entitlement, null=False, on_delete=OnDelete.restrict)
    quantity = Integer()


class MoveAllowance(Table):
    """A further move that staff allowed an environment; it counts for one year."""

    id = UUID(primary_key=True, default=uuid7)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    reason = Text()
    allowed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    allowed_at = Timestamptz(default=None)


_A_DAY = timedelta(hours=24)
DATA = (
    Fields(
        "signing_key",
        "kid algorithm public_key not_before not_after created_at",
        Level.HOUSE,
        "everybody; viewer",
        "administrator",
    ),
    NeverShown("signing_key", "private_key", "administrator, a new key"),
    Fields(
        "keyset",
        "version document signed created_at activated_at",
        Level.HOUSE,
        "everybody; viewer",
        "administrator",
    ),
    Fields(
        "activation",
        "environment seq jti kid file request_jti request_file jkt issued_by "
        "issued_by_account issued_at batch expires_at moved downloaded_at ended_at end_reason "
        "return_jti return_file",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "owners; further moves and releases operator",
    ),
    Fields(
        "activation_product",
        "activation entitlement quantity starts_on ends_on",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "owners",
    ),
    Fields(
        "carried_hold",
        "activation entitlement quantity",
        Level.CONFIDENTIAL,
        "owners; viewer",
        "the portal",
    ),
    Fields(
        "move_allowance",
        "environment reason allowed_by allowed_at",
        Level.CONFIDENTIAL,
        "owners that there is one; viewer",
        "operator",
    ),
)


def _issued_in_a_day(name: str, issuer: str) -> Quota:
    """Bound what one issuer makes in a day; `issuer` is the column that names who it was."""
    return Quota(
        name,
        "activation",
        (issuer,),
        20_000,
        "issued_at",
        measured=("file", "request_file"),
        most_bytes=128_000_000,
        when_full=WhenFull.REFUSE,
        within=_A_DAY,
        advice=N_(
            "You have reached the limit of activation files within 24 hours. Try again tomorrow."
        ),
    )


QUOTAS = (
    Quota(
        "activation_of_an_environment_a_day",
        "activation",
        ("environment",),
        50,
        "issued_at",
        when_full=WhenFull.REFUSE,
        within=_A_DAY,
        advice=N_(
            "This environment has reached the limit of 50 activation files within 24 hours."
            " Try again tomorrow."
        ),
    ),
    Quota(
        "activation_of_an_environment",
        "activation",
        ("environment",),
        2000,
        "issued_at",
        when_full=WhenFull.REFUSE,
        advice=N_(
            "This environment has reached the limit of 2,000 activation files. Create a new"
            " environment, or ask your sales contact."
        ),
    ),
    _issued_in_a_day("activation_of_a_person_a_day", "issued_by"),
    _issued_in_a_day("activation_of_a_service_account_a_day", "issued_by_account"),
)
BOUNDS = (
    Bound("signing_key", "administrators rotate them"),
    Bound("keyset", "administrators sign and import them"),
    Bound("activation_product", "unique: one for each activation and entitlement"),
    Bound("carried_hold", "unique: one for each activation and entitlement that follows"),
    Bound("move_allowance", "operators allow them, each with a reason"),
)
