"""Proving who one is beyond the password: the second step of a log-in, and once more later."""

from dataclasses import dataclass
from uuid import UUID

from app import clock
from app.accounts import guess_rules, throttling
from app.accounts.exception_services import mail_owners
from app.accounts.factors import queries as factor_queries
from app.accounts.factors.passkey_services import passkey_answers
from app.accounts.factors.rules import (
    Answer,
    Factors,
    RelyingParty,
    Way,
    accepted_step,
    plain_recovery_code,
)
from app.accounts.factors.tables import AuthenticatorApp, PendingSignIn, RecoveryCode
from app.accounts.generation_services import CredentialsChanged, hold_account
from app.accounts.guess_rules import Lane
from app.accounts.passwords import verify_password
from app.accounts.rules import ByProvider, Viewer, token_hash
from app.accounts.session_services import FreshToken, SignIn, open_session, renew_token
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import Record, fetch_value, unit_of_work
from app.encryption import CannotOpen, decrypt, encrypt, read_secret
from app.settings import Settings

PURPOSE = b"authenticator-app"


@dataclass(frozen=True)
class ProofContext:
    """What answers are checked with.

    Attributes:
        secret: the portal's secret, which encrypts the secrets of authenticator apps.
        party: what passkeys are bound to, or None if there can be none.
    """

    secret: bytes
    party: RelyingParty | None


def encrypt_app_secret(secret: bytes, user: UUID, app_secret: str) -> bytes:
    """An authenticator app's secret as it rests: it opens for this person's row only."""
    return encrypt(secret, PURPOSE + user.bytes, app_secret.encode())


def open_app_secret(secret: bytes, user: UUID, box: bytes) -> str | None:
    """The Base32 secret that was encrypted; None if the portal's secret is another one by now."""
    try:
        return decrypt(secret, PURPOSE + user.bytes, box).decode()
    except CannotOpen:
        return None


def app_is_lost(settings: Settings, user: UUID, factors: Factors) -> bool:
    """Whether the person's app is good for nothing, since the portal's secret was replaced."""
    if factors.app_box is None:
        return False
    return open_app_secret(read_secret(settings.secret_file), user, factors.app_box) is None


async def answers(user: UUID, answer: Answer, context: ProofContext) -> bool:
    """Whether an answer proves who the person is; what counts only once is used up by it."""
    match answer.way:
        case Way.APP:
            return await _app_answers(user, answer.text, context.secret)
        case Way.RECOVERY:
            return await _recovery_code_answers(user, answer.text)
        case Way.PASSKEY:
            return context.party is not None and await passkey_answers(
                user, answer.text, context.party
            )
        case Way.PASSWORD:
            kept = await factor_queries.find_password_hash(user)
            return await verify_password(kept, answer.text)


async def _app_answers(user: UUID, code: str, secret: bytes) -> bool:
    app = await factor_queries.find_app_in_use(user)
    if app is None:
        return False
    app_secret = open_app_secret(secret, user, app.encrypted_secret)
    if app_secret is None:
        return False
    step = accepted_step(app_secret, code, app.last_step, clock.now())
    if step is None:
        return False
    # Of two that send one code at the same moment, the second finds the step used.
    used = (
        await AuthenticatorApp.update({AuthenticatorApp.last_step: step})
        .where((AuthenticatorApp.id == app.id) & (AuthenticatorApp.last_step < step))
        .returning(AuthenticatorApp.id)
    )
    return bool(used)


async def _recovery_code_answers(user: UUID, code: str) -> bool:
    unused = (
        (RecoveryCode.user == user)
        & (RecoveryCode.code_hash == token_hash(plain_recovery_code(code)))
        & RecoveryCode.used_at.is_null()
    )
    used = (
        await RecoveryCode.update({RecoveryCode.used_at: clock.now()})
        .where(unused)
        .returning(RecoveryCode.id)
    )
    return bool(used)


def _sign_in_lanes(pending: Record, way: Way, address: str) -> list[Lane]:
    """Where wrong answers count: a known device is not slowed down by what others try."""
    if way is not Way.APP:
        return guess_rules.unguessable_lanes(pending["id"], pending["pending"])
    if pending["device"]:
        return guess_rules.factor_device_lanes(pending["id"], pending["device"])
    return guess_rules.factor_lanes(pending["id"], guess_rules.network_of(address))


def _proof_lanes(viewer: Viewer, way: Way) -> list[Lane]:
    """Where wrong answers count: a session is not slowed down by what others try."""
    match way:
        case Way.APP:
            return guess_rules.factor_lanes(viewer.id, str(viewer.session))
        case Way.PASSWORD:
            return guess_rules.check_lanes(viewer.id, viewer.session)
        case Way.PASSKEY | Way.RECOVERY:
            return guess_rules.unguessable_lanes(viewer.id, viewer.session)


async def finish_sign_in(
    settings: Settings, pending: Record, answer: Answer, context: ProofContext, *, address: str
) -> SignIn | Throttled | None:
    """Sign the person in whose password was right, or None if the answer does not count.

    Args:
        pending: a row of find_pending.
    """
    admitted = await throttling.admit(_sign_in_lanes(pending, answer.way, address))
    if isinstance(admitted, Throttled):
        return admitted
    try:
        signed_in = await _finish(settings, pending, answer, context)
    except CredentialsChanged:
        # The credentials changed, so the earlier proof no longer counts.
        return None
    if signed_in is not None:
        await throttling.forgive(admitted)
    return signed_in


async def _finish(
    settings: Settings, pending: Record, answer: Answer, context: ProofContext
) -> SignIn | None:
    async with unit_of_work():
        await hold_account(pending["id"], pending["credential_generation"])
        if not await answers(pending["id"], answer, context):
            await _record_failure(pending["id"], answer)
            return None
        waiting = PendingSignIn.delete().where(PendingSignIn.id == pending["pending"])
        if not await waiting.returning(PendingSignIn.id):
            return None
        signed_in = await open_session(
            pending,
            pending["user_agent"],
            known_device=pending["device"],
            second_factor=answer.way.value,
            by=_by_provider(pending),
        )
        await _link(pending)
        await mail_owners(settings, pending["id"], signed_in.warned)
        return signed_in


async def _link(pending: Record) -> None:
    """Link the account with the person whom a provider signed in, where that waited for this.

    Raises:
        CredentialsChanged: one of them is linked with another one by now.
    """
    if pending["provider_subject"] is None:
        return
    ids = pending["provider"], pending["provider_subject"], pending["id"]
    if not await fetch_value("select link_to_provider($1, $2, $3)", *ids):
        raise CredentialsChanged
    await record("single-sign-on-linking", actor=pending["id"], subject=None)


def _by_provider(pending: Record) -> ByProvider | None:
    if pending["provider"] is None:
        return None
    return ByProvider(
        pending["provider"],
        pending["provider_exit"],
        pending["provider_session"],
        pending["provider_grant"],
    )


async def prove_again(
    viewer: Viewer, answer: Answer, context: ProofContext
) -> FreshToken | Throttled | None:
    """Let the session change credentials for a while, under a new token, or None.

    Raises:
        CredentialsChanged: the credentials changed after the person used them.
    """
    admitted = await throttling.admit(_proof_lanes(viewer, answer.way))
    if isinstance(admitted, Throttled):
        return admitted
    # Outside of the transaction: checking a password takes long, and connections are few.
    right = await answers(viewer.id, answer, context)
    async with unit_of_work():
        if not right:
            await _record_failure(viewer.id, answer)
            return None
        await hold_account(viewer.id, viewer.generation)
        fresh = await renew_token(viewer, proved_at=clock.now())
        if fresh is None:
            return None
        await record("proof", actor=viewer.id, way=answer.way.value)
    await throttling.forgive(admitted)
    return fresh


async def _record_failure(user: UUID, answer: Answer) -> None:
    await record("proof-failure", actor=None, subject=user, way=answer.way.value)
