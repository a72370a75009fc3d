"""People's accounts and what proves who they are."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Bound, Quota


class User(Table, tablename="portal_user"):
    """A person's account.

    Attributes:
        disabled_by: `vendor`, `provider` (of the person's company) or `both`.
    """

    id = UUID(primary_key=True, default=uuid7)
    code = Text(unique=True)
    name = Text()
    email = Text(unique=True)
    language = Text(default="ja")
    password_hash = Text()
    must_change_password = Boolean()
    staff_role = Text(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)
    disabled_by = Text(null=True, default=None)
    credential_generation = Integer(default=1)
    last_sign_in_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)


class TermsOfUse(Table, tablename="terms_of_use"):
    """One version of the terms of use."""

    id = UUID(primary_key=True, default=uuid7)
    version = Integer(unique=True)
    body_ja = Text()
    body_en = Text()
    published_at = Timestamptz(default=None)


class TermsOfUseAcceptance(Table):
    """Who accepted which version, and when."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    terms_of_use = ForeignKey(TermsOfUse, null=False, on_delete=OnDelete.restrict)
    accepted_at = Timestamptz(default=None)


class Session(Table):
    """A signed-in browser. Only the hash of its token is kept.

    Attributes:
        by_provider: whether an identity provider vouched for the person.
        provider_exit: the address that also ends the session there, encrypted.
        provider: the connection that vouched for the person; None for sessions by password.
        provider_session: what the provider calls its own session.
        provider_grant: the refresh token that asks whether the person may still sign in, encrypted.
        provider_checked_at: when the provider last answered; None without a refresh token.
        provider_asked_until: a request is asking the provider, until then at most.
        second_factor_by_provider: whether the provider asked for a second factor that counts.
    """

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    generation = Integer()
    user_agent = Text()
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    proved_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Text(null=True, default=None)
    by_provider = Boolean(default=False)
    provider_exit = Bytea(null=True, default=None)
    provider = UUID(null=True, default=None)
    provider_session = Text(null=True, default=None)
    provider_grant = Bytea(null=True, default=None)
    provider_checked_at = Timestamptz(null=True, default=None)
    provider_asked_until = Timestamptz(null=True, default=None)
    second_factor_by_provider = Boolean(default=False)


class Device(Table):
    """A browser that signed in before: throttling lets it pass."""

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    generation = Integer()
    last_used_at = Timestamptz(default=None)


class Throttle(Table):
    """A bucket of attempts that drains; the rules are in `guess_rules`.

    `failures` and `last_failure_at` belong to the version before, which may still run.
    """

    bucket = Text(primary_key=True)
    account = Text()
    drained_at = Timestamptz(default=None)
    failures = Integer()
    last_failure_at = Timestamptz(default=None)


class ParkedForm(Table):
    """A form that was sent when something had to be done first, kept encrypted for the person."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    path = Text()
    content_type = Text()
    form = Bytea()
    session = ForeignKey(Session, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class EmailChange(Table):
    """A new mail address that waits until its owner opens the link mailed there."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, unique=True, on_delete=OnDelete.cascade)
    generation = Integer()
    email = Text()
    token_hash = Bytea(unique=True)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class PasswordReset(Table):
    """A one-time link to set a forgotten password. Only the hash of its token is kept."""

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    generation = Integer()
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


DATA = (
    Fields(
        "portal_user",
        "name language",
        Level.PERSONAL,
        "oneself; people of a shared contract (name); viewer",
        "oneself",
    ),
    Fields(
        "portal_user",
        "email",
        Level.PERSONAL,
        "oneself; people of a shared contract; viewer",
        "oneself, by proof, password and mailed link",
    ),
    Fields("portal_user", "code", Level.PERSONAL, "oneself; viewer"),
    Fields("portal_user", "created_at", Level.PERSONAL, "oneself, in their own data"),
    Fields(
        "portal_user",
        "last_sign_in_at",
        Level.PERSONAL,
        "people of a shared contract; viewer",
        "the portal",
    ),
    Fields(
        "portal_user", "staff_role", Level.PERSONAL, "viewer", "administrator; one always stays"
    ),
    Fields(
        "portal_user",
        "disabled_at disabled_by",
        Level.PERSONAL,
        "viewer; owners that the company's provider disabled it",
        "operator; administrator for staff; the company's provider",
    ),
    Fields(
        "portal_user",
        "must_change_password credential_generation",
        Level.HOUSE,
        NOBODY,
        "the portal",
    ),
    NeverShown("portal_user", "password_hash", "oneself, by the current one or a mailed link"),
    Fields(
        "terms_of_use",
        "version body_ja body_en published_at",
        Level.HOUSE,
        "signed in",
        "administrator",
    ),
    Fields(
        "terms_of_use_acceptance",
        "user terms_of_use accepted_at",
        Level.PERSONAL,
        "oneself, in their own data; viewer",
        "oneself, once",
    ),
    Fields(
        "session",
        "user generation user_agent created_at last_seen_at expires_at proved_at "
        "ended_at end_reason by_provider provider provider_session provider_checked_at "
        "provider_asked_until second_factor_by_provider",
        Level.PERSONAL,
        "oneself",
        "oneself, by proof; operator",
    ),
    NeverShown("session", "token_hash provider_exit provider_grant"),
    Fields(
        "device",
        "user generation last_used_at",
        Level.PERSONAL,
        "oneself, in their own data",
        "every change of credentials",
    ),
    NeverShown("device", "token_hash"),
    Fields(
        "throttle",
        "account drained_at failures last_failure_at",
        Level.PERSONAL,
        NOBODY,
        "operator unlocks",
    ),
    Fields(
        "parked_form",
        "user path content_type session created_at expires_at",
        Level.CONFIDENTIAL,
        "oneself",
        "oneself",
    ),
    NeverShown("parked_form", "form", "oneself"),
    Fields(
        "email_change",
        "user generation email created_at expires_at",
        Level.PERSONAL,
        "oneself",
        "oneself",
    ),
    NeverShown("email_change", "token_hash"),
    Fields(
        "password_reset",
        "user generation created_at expires_at used_at",
        Level.PERSONAL,
        NOBODY,
        "oneself",
    ),
    NeverShown("password_reset", "token_hash"),
)
QUOTAS = (
    Quota("session_of_a_person", "session", ("user",), 100, "created_at"),
    Quota("device_of_a_person", "device", ("user",), 50, "last_used_at"),
    Quota(
        "parked_form_of_a_person",
        "parked_form",
        ("user",),
        20,
        "created_at",
        measured=("path", "form"),
        most_bytes=4_000_000,
    ),
    # Anybody can have links mailed to a person; a link of the staff lasts a week, and stays.
    Quota("password_reset_of_a_person", "password_reset", ("user",), 20, "expires_at"),
)
BOUNDS = (
    Bound("portal_user", "one for each accepted invitation, beside the vendor's staff"),
    Bound("terms_of_use", "administrators publish them"),
    Bound("terms_of_use_acceptance", "unique: one for each person and version"),
    Bound("throttle", "one for each account and address that an attempt was let through for"),
    Bound("email_change", "unique: one for each person"),
)
