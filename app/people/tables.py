"""Invitations to a contract, and the accounts that are being made by them."""

from piccolo.columns import UUID, Bytea, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import Terms, User
from app.contracts.tables import Contract
from app.database import uuid7


class Invitation(Table):
    """One mailed link. Sending it again ends this row and makes another, so old links are known.

    The outbox tells the state of the mail that is about this row.
    """

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    email = Text()
    language = Text()
    role = Text(default="member")
    token_hash = Bytea(unique=True)
    invited_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    invited_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Text(null=True, default=None)
    accepted_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)


class Registration(Table):
    """An account that waits for 決定. The password is hashed before it is kept."""

    id = UUID(primary_key=True, default=uuid7)
    invitation = ForeignKey(Invitation, null=False, on_delete=OnDelete.cascade)
    code = Text()
    name = Text()
    language = Text()
    password_hash = Text()
    terms = ForeignKey(Terms, null=True, on_delete=OnDelete.restrict)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
