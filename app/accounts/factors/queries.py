"""Reads about second factors; a person only ever reads their own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.factors.rules import Factors, SeenPasskey
from app.accounts.queries import HAS_FACTOR, counts
from app.accounts.rules import token_hash
from app.database import Record, fetch_one, fetch_value, row, rows

CODES = """
    select (select count(*) from recovery_code where "user" = $1 and used_at is null) as left,
           a.id, a.confirmed_at, a.encrypted_secret
    from (values (1)) one left join authenticator_app a
      on a."user" = $1 and a.confirmed_at is not null
"""


async def has_factor(user: UUID) -> bool:
    """Whether the person signs in with a second factor, which allows a shorter password."""
    sql = f"select {HAS_FACTOR} from portal_user u where u.id = $1"
    return bool(await fetch_value(sql, user))


async def find_factors(user: UUID) -> Factors:
    """All second factors of the person that are in use."""
    codes = await fetch_one(CODES, user)
    assert codes is not None, "the query always answers one row"
    passkeys = await rows(
        SeenPasskey,
        "select id, credential_id, name, created_at, last_used_at from passkey"
        ' where "user" = $1 order by id',
        user,
    )
    return Factors(
        app=codes["id"],
        app_since=codes["confirmed_at"],
        recovery_left=codes["left"],
        passkeys=passkeys,
        app_box=codes["encrypted_secret"],
    )


@dataclass(frozen=True)
class EncryptedApp:
    """An authenticator app, its secret encrypted, and the last step that a code was taken of."""

    id: UUID
    encrypted_secret: bytes
    last_step: int


async def find_app_in_set_up(user: UUID, id: UUID, now: datetime) -> EncryptedApp | None:
    """Return the authenticator app that the person is setting up."""
    return await row(
        EncryptedApp,
        "select a.id, a.encrypted_secret, a.last_step from authenticator_app a"
        ' join portal_user u on u.id = a."user"'
        f' where a.id = $1 and a."user" = $2 and a.expires_at > $3 and {counts("a")}',
        id,
        user,
        now,
    )


async def find_app_in_use(user: UUID) -> EncryptedApp | None:
    """Return the authenticator app whose codes count."""
    return await row(
        EncryptedApp,
        "select id, encrypted_secret, last_step from authenticator_app"
        ' where "user" = $1 and confirmed_at is not null',
        user,
    )


@dataclass(frozen=True)
class VerifiablePasskey:
    """A passkey with what its answers are verified by."""

    id: UUID
    public_key: bytes
    sign_count: int


async def find_passkey(user: UUID, credential_id: bytes) -> VerifiablePasskey | None:
    """Return a passkey of the person by the id that its answer names."""
    return await row(
        VerifiablePasskey,
        'select id, public_key, sign_count from passkey where "user" = $1 and credential_id = $2',
        user,
        credential_id,
    )


async def find_pending(token: str, now: datetime) -> Record | None:
    """The log-in that waits for a second factor: its row, and what a session needs to know."""
    return await fetch_one(
        'select p.id as pending, p."user" as id, p.device, p.user_agent,'
        " p.generation as credential_generation, p.provider, p.provider_exit,"
        " p.provider_session, p.provider_grant, p.provider_subject,"
        " u.staff_role, u.language"
        ' from pending_sign_in p join portal_user u on u.id = p."user"'
        f" where p.token_hash = $1 and p.expires_at > $2 and {counts('p')}",
        token_hash(token),
        now,
    )


async def find_password_hash(user: UUID) -> str:
    """The hash of the person's password, to have them enter it again."""
    value: str = await fetch_value("select password_hash from portal_user where id = $1", user)
    return value
