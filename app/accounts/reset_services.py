"""A forgotten password: a one-time link by mail, and the new password."""

from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts import guess_rules, queries, throttling
from app.accounts.ending_services import end_sessions
from app.accounts.generation_services import CredentialsChanged, hold_account
from app.accounts.passwords import hash_password
from app.accounts.rules import RESET_LASTS, RESETS_PER_HOUR, Ending, new_token, token_hash
from app.accounts.tables import PasswordReset, User
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import fetch, unit_of_work, uuid7
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings
from app.web import i18n
from app.web.texts import normalised


async def request_reset(settings: Settings, wanted: str, *, address: str) -> Throttled | None:
    """Mail a link to the account's person; the visitor does not learn whether there is one.

    An unknown account costs the same work: the mail is made and written, then taken back.

    Args:
        wanted: user code or mail address, as typed.
        address: where the request comes from.
    """
    wanted = normalised(wanted).lower()
    hashed = token_hash(wanted).hex()
    admitted = await throttling.admit(guess_rules.password_lanes(hashed, address, prefix="reset-"))
    if isinstance(admitted, Throttled):
        return admitted
    async with unit_of_work() as connection:
        account = await queries.find_reset_account(wanted)
        writing = connection.transaction()
        await writing.start()
        known = await _write_reset(settings, account)
        await (writing.commit() if known else writing.rollback())
        await record("password-reset-request", actor=None, subject=account.id if account else None)
    return None


async def _write_reset(settings: Settings, account: User | None) -> bool:
    """Write the link and its mail; return whether to keep them."""
    token, now = new_token(), clock.now()
    user: UUID = account.id if account else uuid7()
    generation = account.credential_generation if account else 0
    sent = await queries.count_resets(user, now - timedelta(hours=1))
    await fetch(
        'insert into password_reset (id, token_hash, "user", created_at, expires_at, generation)'
        " select $1, $2, id, $4, $5, $6 from portal_user where id = $3",
        uuid7(),
        token_hash(token),
        user,
        now,
        now + RESET_LASTS,
        generation,
    )
    await enqueue(
        settings,
        "password-reset",
        _recipient(account) if account else _nobody(),
        about=user,
        valid_until=now + RESET_LASTS,
        token=token,
        expires_at=now + RESET_LASTS,
    )
    return account is not None and sent < RESETS_PER_HOUR


def _recipient(account: User) -> Recipient:
    return Recipient(account.email, account.name, account.language)


def _nobody() -> Recipient:
    return Recipient("nobody@example.com", "見本 太郎", i18n.language.get())


async def reset_password(settings: Settings, token: str, password: str) -> bool:
    """Set a new password by a mailed link; return False if the link no longer works.

    Everything that was open under the old password ends with it.
    """
    hashed = await hash_password(password)
    try:
        return await _reset(settings, token, hashed)
    except CredentialsChanged:
        return False


async def _reset(settings: Settings, token: str, hashed: str) -> bool:
    now = clock.now()
    async with unit_of_work():
        link = await queries.find_reset(token, now)
        if link is None:
            return False
        user = link.user
        account = await hold_account(user, link.generation)
        fresh = (PasswordReset.token_hash == token_hash(token)) & PasswordReset.used_at.is_null()
        used = PasswordReset.update({PasswordReset.used_at: now}).where(fresh)
        if not await used.returning(PasswordReset.id):
            return False
        await User.update({User.password_hash: hashed, User.must_change_password: False}).where(
            User.id == user
        )
        await end_sessions(user, Ending.PASSWORD_RESET)
        await record("password-reset", actor=user)
        await enqueue(settings, "password-changed", _recipient(account), about=user, changed_at=now)
    return True
