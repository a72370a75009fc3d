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


class User(Table, tablename="portal_user"):
    """A person's account."""

    id = UUID(primary_key=True, default=uuid7)
    code = Text(unique=True)
    name = Text()
    email = Text(unique=True)
    language = Text(default="ja")
    password_hash = Text()
    must_change_password = Boolean()
    staff_role = Text(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)
    last_sign_in_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)


class Terms(Table, tablename="terms"):
    """One version of the terms of use."""

    id = UUID(primary_key=True, default=uuid7)
    version = Integer(unique=True)
    body_ja = Text()
    body_en = Text()
    published_at = Timestamptz(default=None)


class TermsAcceptance(Table):
    """Who accepted which version, and when."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    terms = ForeignKey(Terms, null=False, on_delete=OnDelete.restrict)
    accepted_at = Timestamptz(default=None)


class Session(Table):
    """A signed-in browser. Only the hash of its token is kept."""

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    user_agent = Text()
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    proved_at = Timestamptz(default=None)


class Device(Table):
    """A browser that signed in before: throttling lets it pass."""

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    last_used_at = Timestamptz(default=None)


class Throttle(Table):
    """A bucket of attempts that drains; the rules are in `guess_rules`.

    `failures` and `last_failure_at` belong to the version before, which may still run meanwhile.
    """

    bucket = Text(primary_key=True)
    account = Text()
    drained_at = Timestamptz(default=None)
    failures = Integer()
    last_failure_at = Timestamptz(default=None)


class ParkedForm(Table):
    """A form that was sent with an expired session, kept encrypted for the same person."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    path = Text()
    content_type = Text()
    form = Bytea()
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class EmailChange(Table):
    """A new mail address that waits until its owner opens the link mailed there."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, unique=True, on_delete=OnDelete.cascade)
    email = Text()
    token_hash = Bytea(unique=True)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)


class PasswordReset(Table):
    """A one-time link to set a forgotten password. Only the hash of its token is kept."""

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
