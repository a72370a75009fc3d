"""Single sign-on: companies' identity providers, their domains, and whom they signed in."""

from piccolo.columns import UUID, Array, Boolean, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Company, Contract
from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Bound, Quota, WhenFull
from app.web.i18n import N_


class SingleSignOnConnection(Table):
    """A company's identity provider (OpenID Connect), or the vendor's own.

    Attributes:
        company: None for the vendor's, through which its staff sign in.
        encrypted_secret: what the portal signs its own calls with; None until it is set.
        tested_at: when an owner last signed in through it as a test; None for a draft.
        offline_access: whether the provider gives a refresh token for this scope only.
        amr, acr: what the provider says of a sign-in that counts as staff's second factor.
    """

    id = UUID(primary_key=True, default=uuid7)
    company = ForeignKey(Company, null=True, unique=True, on_delete=OnDelete.restrict)
    issuer = Text()
    client_id = Text()
    encrypted_secret = Bytea(null=True, default=None)
    state = Text(default="draft")
    tested_at = Timestamptz(null=True, default=None)
    offline_access = Boolean(default=False)
    amr = Array(base_column=Text(), default=list)
    acr = Array(base_column=Text(), default=list)
    created_at = Timestamptz(default=None)
    revision = Integer(default=1)


class SingleSignOnDelegation(Table):
    """A company whose owners may set single sign-on up themselves."""

    id = UUID(primary_key=True, default=uuid7)
    company = ForeignKey(Company, null=False, unique=True, on_delete=OnDelete.restrict)
    allowed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    allowed_at = Timestamptz(default=None)


class SingleSignOnDomain(Table):
    """A mail domain that belongs to the company; the reason says how staff know.

    Attributes:
        token: what its DNS record holds; None where staff know it otherwise.
        checked_at: when the DNS was last asked for the record again.
        missing_since: when the record was first missing; None while it is there.
        warned_at: when the vendor was mailed, after it had been missing for long.
    """

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    domain = Text(unique=True)
    reason = Text()
    verified_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    verified_at = Timestamptz(default=None)
    token = Text(null=True, default=None)
    checked_at = Timestamptz(null=True, default=None)
    missing_since = Timestamptz(null=True, default=None)
    warned_at = Timestamptz(null=True, default=None)


class SingleSignOnDomainClaim(Table):
    """A domain that waits for its record in the DNS.

    Attributes:
        token: what the record holds; anyone may read it there, so it is no secret.
    """

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    domain = Text()
    token = Text()
    claimed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    claimed_at = Timestamptz(default=None)


class SingleSignOnIdentity(Table):
    """Which account a person of the provider has here.

    Attributes:
        subject: None until the first sign-in, where the connection made the account.
    """

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    subject = Text(null=True, default=None)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    linked_at = Timestamptz(default=None)
    last_used_at = Timestamptz(default=None)


class SingleSignOnException(Table):
    """An owner who keeps the password where single sign-on is required; for staff, one of the
    administrators."""

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    added_at = Timestamptz(default=None)


class SingleSignOnAttempt(Table):
    """A sign-in on its way to the provider and back; it counts once.

    Attributes:
        state_hash: of the state that the provider sends back, with the browser's own token.
        tester: the owner or administrator who tests the connection; None for a sign-in.
    """

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    state_hash = Bytea(unique=True)
    tester = ForeignKey(User, null=True, default=None, on_delete=OnDelete.cascade)
    next = Text()
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class SingleSignOnLogOut(Table):
    """A log-out token that a provider sent; it counts once."""

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    token_hash = Bytea()
    received_at = Timestamptz(default=None)


class SingleSignOnDefaultContract(Table):
    """A contract that people join at their first sign-in, where no invitation says another."""

    id = UUID(primary_key=True, default=uuid7)
    connection = ForeignKey(SingleSignOnConnection, null=False, on_delete=OnDelete.cascade)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.cascade)
    chosen_at = Timestamptz(default=None)


DATA = (
    Fields(
        "single_sign_on_connection",
        "company issuer client_id state tested_at offline_access amr acr created_at revision",
        Level.CONFIDENTIAL,
        "administrator; owners",
        "administrator and owners whom they allow, by proof",
    ),
    NeverShown(
        "single_sign_on_connection",
        "encrypted_secret",
        "administrator and owners whom they allow, by proof",
    ),
    Fields(
        "single_sign_on_delegation",
        "company allowed_by allowed_at",
        Level.CONFIDENTIAL,
        "administrator; owners whether it is there",
        "administrator, by proof",
    ),
    Fields(
        "single_sign_on_domain",
        "connection domain reason verified_by verified_at token checked_at missing_since warned_at",
        Level.CONFIDENTIAL,
        "administrator; owners the domain, and whether its record is missing",
        "administrator and owners whom they allow, by proof",
    ),
    Fields(
        "single_sign_on_domain_claim",
        "connection domain token claimed_by claimed_at",
        Level.CONFIDENTIAL,
        "administrator; owners the domain and the record",
        "administrator and owners whom they allow, by proof",
    ),
    Fields(
        "single_sign_on_default_contract",
        "connection contract chosen_at",
        Level.CONFIDENTIAL,
        "administrator; owners",
        "administrator and owners whom they allow, by proof",
    ),
    Fields(
        "single_sign_on_log_out",
        "connection received_at",
        Level.HOUSE,
        NOBODY,
        "the company's provider",
    ),
    NeverShown("single_sign_on_log_out", "token_hash", "the company's provider"),
    Fields(
        "single_sign_on_identity",
        "connection user subject linked_at last_used_at",
        Level.PERSONAL,
        "oneself, in their own data",
        "oneself, by password",
    ),
    Fields(
        "single_sign_on_exception",
        "connection user added_at",
        Level.PERSONAL,
        "administrator; owners",
        "administrator and owners whom they allow, by proof",
    ),
    Fields(
        "single_sign_on_attempt",
        "connection tester next created_at expires_at",
        Level.PERSONAL,
        NOBODY,
        "oneself",
    ),
    NeverShown("single_sign_on_attempt", "state_hash"),
)
QUOTAS = (
    Quota(
        "single_sign_on_domain_of_a_connection",
        "single_sign_on_domain",
        ("connection",),
        50,
        "verified_at",
        when_full=WhenFull.REFUSE,
        advice=N_("A company can have 50 domains. Remove one, then add the new one."),
    ),
    Quota(
        "single_sign_on_domain_claim_of_a_connection",
        "single_sign_on_domain_claim",
        ("connection",),
        50,
        "claimed_at",
        when_full=WhenFull.REFUSE,
        advice=N_("A company can have 50 domains. Remove one, then add the new one."),
    ),
    Quota(
        "single_sign_on_log_out_of_a_connection",
        "single_sign_on_log_out",
        ("connection",),
        50_000,
        "received_at",
    ),
    Quota(
        "single_sign_on_attempt_of_a_connection",
        "single_sign_on_attempt",
        ("connection",),
        50_000,
        "created_at",
    ),
)
BOUNDS = (
    Bound("single_sign_on_connection", "unique: one for each company, and one of the vendor"),
    Bound("single_sign_on_delegation", "unique: one for each company"),
    Bound("single_sign_on_default_contract", "unique: one for each contract of the company"),
    Bound("single_sign_on_exception", "unique: one for each owner of the company's contracts"),
    Bound("single_sign_on_identity", "unique: one for each person and connection"),
)
