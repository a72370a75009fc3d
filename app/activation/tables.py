"""Signing keys, keysets and the activation files that were issued."""

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
from app.environments.tables import Environment
from app.products.tables import Entitlement


class SigningKey(Table):
    """An Ed25519 key that signs activations; the private part rests encrypted."""

    id = UUID(primary_key=True, default=uuid7)
    kid = Text(unique=True)
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
    """An activation file that was issued; never changed, only downloaded and ended."""

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
    issued_at = Timestamptz(default=None)
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


class MoveAllowance(Table):
    """A further move that staff allowed an environment; it counts for one year."""

    id = UUID(primary_key=True, default=uuid7)
    environment = ForeignKey(Environment, null=False, on_delete=OnDelete.restrict)
    reason = Text()
    allowed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    allowed_at = Timestamptz(default=None)
