"""Invitations to a contract, and the accounts that are being made by them."""

from datetime import timedelta

from piccolo.columns import UUID, Bytea, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import TermsOfUse, User
from app.contracts.tables import Contract
from app.database import uuid7
from app.database.data_fields import Fields, Level, NeverShown
from app.database.quotas import Quota, WhenFull
from app.web.i18n import N_


class Invitation(Table):
    """One mailed link. Sending it again ends this row and makes another, so old links are known.

    The outbox has the state of the mail that is about this row.
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
    terms_of_use = ForeignKey(TermsOfUse, null=True, on_delete=OnDelete.restrict)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


_A_DAY = timedelta(hours=24)
# The vendor invites whom a contract says, thousands at once if need be.
_BY_CUSTOMERS = (
    "exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)"
)
DATA = (
    Fields(
        "invitation",
        "contract email language role invited_by invited_at expires_at ended_at "
        "end_reason accepted_by",
        Level.PERSONAL,
        "owners; viewer; who has the link",
        "owners; operator",
    ),
    NeverShown("invitation", "token_hash"),
    Fields(
        "registration",
        "invitation code name language terms_of_use created_at expires_at",
        Level.PERSONAL,
        "who has the link",
        "who has the link",
    ),
    NeverShown("registration", "password_hash", "who has the link"),
)
QUOTAS = (
    Quota(
        "invitation_of_an_address_a_day",
        "invitation",
        ("contract", "email"),
        5,
        "invited_at",
        when_full=WhenFull.REFUSE,
        within=_A_DAY,
        only=_BY_CUSTOMERS,
        advice=N_(
            "This address has already been invited 5 times within 24 hours. Try again tomorrow."
        ),
    ),
    Quota(
        "invitation_of_a_contract_a_day",
        "invitation",
        ("contract",),
        400,
        "invited_at",
        when_full=WhenFull.REFUSE,
        within=_A_DAY,
        only=_BY_CUSTOMERS,
        advice=N_(
            "This contract has reached the limit of 400 invitations within 24 hours. Try again"
            " tomorrow."
        ),
    ),
    Quota(
        "invitation_of_a_contract",
        "invitation",
        ("contract",),
        20_000,
        "invited_at",
        when_full=WhenFull.REFUSE,
        only=_BY_CUSTOMERS,
        advice=N_(
            "This contract has reached the limit of 20,000 invitations. Ask your sales"
            " contact to invite people."
        ),
    ),
    Quota("registration_of_an_invitation", "registration", ("invitation",), 20, "created_at"),
)
