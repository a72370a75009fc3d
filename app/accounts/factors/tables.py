"""What proves who a person is, beside the password."""

from piccolo.columns import UUID, BigInt, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import Device, User
from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Bound, Quota, WhenFull
from app.web.i18n import N_


class AuthenticatorApp(Table):
    """An app that shows time-based codes (RFC 6238); while it is set up, not yet confirmed."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    generation = Integer()
    encrypted_secret = Bytea()
    last_step = BigInt()
    created_at = Timestamptz(default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)


class Passkey(Table):
    """The public half of a WebAuthn credential."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    credential_id = Bytea(unique=True)
    public_key = Bytea()
    sign_count = BigInt()
    name = Text()
    created_at = Timestamptz(default=None)
    last_used_at = Timestamptz(null=True, default=None)


class PasskeyChallenge(Table):
    """What a passkey has to sign: random, for one person and purpose, answered once."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    generation = Integer()
    purpose = Text()
    challenge = Bytea(unique=True)
    expires_at = Timestamptz(default=None)


class RecoveryCode(Table):
    """A code that replaces a lost factor once. Only its hash is kept."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    code_hash = Bytea(unique=True)
    created_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class PendingSignIn(Table):
    """A log-in whose password was right, waiting for the second factor. It is no session.

    Attributes:
        provider, provider_exit, provider_session, provider_grant: where an identity provider stood
            in for the password; see Session.
    """

    id = UUID(primary_key=True, default=uuid7)
    token_hash = Bytea(unique=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    generation = Integer()
    device = ForeignKey(Device, null=True, default=None, on_delete=OnDelete.set_null)
    user_agent = Text()
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    provider = UUID(null=True, default=None)
    provider_exit = Bytea(null=True, default=None)
    provider_session = Text(null=True, default=None)
    provider_grant = Bytea(null=True, default=None)
    provider_subject = Text(null=True, default=None)


DATA = (
    Fields(
        "authenticator_app",
        "user generation last_step created_at confirmed_at expires_at",
        Level.PERSONAL,
        "oneself; viewer whether there is one",
        "oneself, by proof; operator removes it, with a reason",
    ),
    NeverShown("authenticator_app", "encrypted_secret", "oneself, by proof"),
    Fields(
        "passkey",
        "user credential_id public_key sign_count name created_at last_used_at",
        Level.PERSONAL,
        "oneself; viewer whether there is one",
        "oneself, by proof; operator removes it, with a reason",
    ),
    Fields(
        "passkey_challenge",
        "user generation purpose challenge expires_at",
        Level.SECRET,
        "oneself, the challenge",
        "the portal",
    ),
    Fields(
        "recovery_code",
        "user created_at used_at",
        Level.PERSONAL,
        "oneself how many are left; viewer whether there are any",
        "oneself, by proof; operator removes them, with a reason",
    ),
    NeverShown("recovery_code", "code_hash", "oneself, by proof"),
    Fields(
        "pending_sign_in",
        "user generation device user_agent created_at expires_at provider provider_session "
        "provider_subject",
        Level.PERSONAL,
        NOBODY,
        "the portal",
    ),
    NeverShown("pending_sign_in", "token_hash provider_exit provider_grant"),
)
QUOTAS = (
    Quota("pending_sign_in_of_a_person", "pending_sign_in", ("user",), 20, "created_at"),
    Quota("passkey_challenge_of_a_person", "passkey_challenge", ("user",), 50, "expires_at"),
    Quota(
        "passkey_of_a_person",
        "passkey",
        ("user",),
        20,
        "created_at",
        when_full=WhenFull.REFUSE,
        advice=N_("You have 20 passkeys. Remove one, then add the new one."),
    ),
)
BOUNDS = (
    Bound("authenticator_app", "unique: one in use and one in set-up for each person"),
    Bound("recovery_code", "new codes replace the person's older ones"),
)
