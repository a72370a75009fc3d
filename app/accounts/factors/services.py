"""Changes of second factors: adding, removing, and new recovery codes.

Each begins a new generation of the person's credentials; only this session stays open.
"""

import secrets
from enum import Enum
from uuid import UUID

import asyncpg
import pyotp

from app import clock
from app.accounts.factors import passkey_services
from app.accounts.factors import queries as factor_queries
from app.accounts.factors.mail_services import Change, tell_change
from app.accounts.factors.proof_services import encrypt_app_secret, open_app_secret
from app.accounts.factors.rules import (
    MOST_PASSKEYS,
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    SET_UP_LASTS,
    RelyingParty,
    accepted_step,
    grouped,
)
from app.accounts.factors.tables import AuthenticatorApp, Passkey, RecoveryCode
from app.accounts.generation_services import own_change
from app.accounts.passwords import SHORTEST
from app.accounts.profile_services import check_password
from app.accounts.rules import Ending, Viewer, token_hash
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import fetch, uuid7
from app.encryption import read_secret
from app.settings import Settings


class Removal(Enum):
    """How it ended to remove a factor."""

    DONE = "done"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - the name of an outcome
    SHORT_PASSWORD = "short-password"  # noqa: S105


async def begin_app(settings: Settings, viewer: Viewer) -> UUID:
    """Begin to set up an authenticator app, in the place of one that was never finished."""
    now = clock.now()
    secret = read_secret(settings.secret_file)
    box = encrypt_app_secret(secret, viewer.id, pyotp.random_base32())
    [row] = await fetch(
        'insert into authenticator_app (id, "user", encrypted_secret, last_step, created_at,'
        ' expires_at, generation) values ($1, $2, $3, 0, $4, $5, $6) on conflict ("user")'
        " where confirmed_at is null do update set id = excluded.id,"
        " encrypted_secret = excluded.encrypted_secret, created_at = excluded.created_at,"
        " expires_at = excluded.expires_at, generation = excluded.generation returning id",
        uuid7(),
        viewer.id,
        box,
        now,
        now + SET_UP_LASTS,
        viewer.generation,
    )
    id: UUID = row["id"]
    return id


async def confirm_app(settings: Settings, viewer: Viewer, id: UUID, code: str) -> bool:
    """Use the authenticator app from now on, in the place of an older one.

    Returns:
        Whether the code belongs to the app; else nothing was changed.
    """
    now = clock.now()
    async with own_change(viewer, Ending.FACTOR_CHANGE):
        app = await factor_queries.find_app_in_set_up(viewer.id, id, now)
        if app is None:
            return False
        secret = read_secret(settings.secret_file)
        app_secret = open_app_secret(secret, viewer.id, app.encrypted_secret)
        step = accepted_step(app_secret, code, 0, now) if app_secret else None
        if step is None:
            return False
        await AuthenticatorApp.delete().where(
            (AuthenticatorApp.user == viewer.id) & AuthenticatorApp.confirmed_at.is_not_null()
        )
        await AuthenticatorApp.update(
            {
                AuthenticatorApp.confirmed_at: now,
                AuthenticatorApp.expires_at: None,
                AuthenticatorApp.last_step: step,
            }
        ).where(AuthenticatorApp.id == id)
        await record("authenticator-app-addition", actor=viewer.id, subject=id)
        await tell_change(settings, viewer, Change.APP)
    return True


async def add_passkey(
    settings: Settings, viewer: Viewer, name: str, text: str, party: RelyingParty
) -> bool:
    """Use a passkey from now on.

    Args:
        text: the browser's answer, JSON.

    Returns:
        Whether the answer counts; else nothing was changed.
    """
    made = await passkey_services.verified_registration(viewer, text, party)
    if made is None:
        return False
    try:
        async with own_change(viewer, Ending.FACTOR_CHANGE):
            factors = await factor_queries.find_factors(viewer.id)
            if len(factors.passkeys) >= MOST_PASSKEYS:
                return False
            id = await passkey_services.keep_passkey(viewer, name, made)
            await record("passkey-addition", actor=viewer.id, subject=id)
            await tell_change(settings, viewer, Change.PASSKEY)
    except asyncpg.UniqueViolationError:
        return False
    return True


async def remove_factor(
    settings: Settings, viewer: Viewer, id: UUID, password: str
) -> Removal | Throttled:
    """Stop using an authenticator app or a passkey.

    Without the last one the password stands alone again. It is asked for then, and has to be as
    long as a password has to be that stands alone.
    """
    alone = (await factor_queries.find_factors(viewer.id)).is_last(id)
    if alone:
        refused = await _check_lone_password(viewer, password)
        if refused is not None:
            return refused
    async with own_change(viewer, Ending.FACTOR_CHANGE):
        factors = await factor_queries.find_factors(viewer.id)
        if factors.is_last(id) and not alone:
            return Removal.WRONG_PASSWORD
        await AuthenticatorApp.delete().where(
            (AuthenticatorApp.id == id) & (AuthenticatorApp.user == viewer.id)
        )
        await Passkey.delete().where((Passkey.id == id) & (Passkey.user == viewer.id))
        if alone:
            await RecoveryCode.delete().where(RecoveryCode.user == viewer.id)
        await record("second-factor-removal", actor=viewer.id, subject=id)
        await tell_change(settings, viewer, Change.REMOVAL)
    return Removal.DONE


async def _check_lone_password(viewer: Viewer, password: str) -> Removal | Throttled | None:
    right = await check_password(viewer, password)
    if isinstance(right, Throttled):
        return right
    if not right:
        return Removal.WRONG_PASSWORD
    return Removal.SHORT_PASSWORD if len(password) < SHORTEST else None


def _recovery_code() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))


async def make_recovery_codes(settings: Settings, viewer: Viewer) -> list[str]:
    """New recovery codes, as people read them; the older ones stop working.

    They are known only here and now: what is kept is their hash.
    """
    codes, now = [_recovery_code() for _ in range(RECOVERY_CODES)], clock.now()
    rows = [
        RecoveryCode(user=viewer.id, code_hash=token_hash(code), created_at=now) for code in codes
    ]
    async with own_change(viewer, Ending.FACTOR_CHANGE):
        await RecoveryCode.delete().where(RecoveryCode.user == viewer.id)
        await RecoveryCode.insert(*rows)
        await record("recovery-codes-creation", actor=viewer.id)
        await tell_change(settings, viewer, Change.CODES)
    return [grouped(code) for code in codes]
