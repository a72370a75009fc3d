"""What the staff do for people who cannot help themselves. Staff see and set no password here."""

from uuid import UUID

from app import clock
from app.accounts import ending_services, throttling
from app.accounts.factors.tables import AuthenticatorApp, Passkey, RecoveryCode
from app.accounts.generation_services import begin_generation
from app.accounts.rules import DisabledBy, Ending, token_hash
from app.accounts.tables import User
from app.audit.services import record
from app.database import Gone, lock_row, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings


async def _lock(user: UUID) -> User:
    """Lock an account: one change of it comes after the other.

    Raises:
        Gone: it is deleted.
    """
    return await lock_row(User, User.id == user, strength="NO KEY UPDATE")


async def end_sessions(user: UUID, *, actor: UUID) -> None:
    """Sign a person out everywhere, and void the links that they were mailed.

    Raises:
        Gone: the account is deleted.
    """
    async with unit_of_work():
        await _lock(user)
        await begin_generation(user)
        await ending_services.end_sessions(user, Ending.STAFF)
        await record("sessions-end", actor=actor, subject=user)


async def unlock(user: UUID, *, actor: UUID) -> None:
    """Forget the failed attempts that slow a person down, at log-in and at links.

    Attempts that are counted by address stay: they may be another person's.

    Raises:
        Gone: the account is deleted.
    """
    async with unit_of_work():
        account = await _lock(user)
        await throttling.forget_attempts(throttled_in(user, account.code, account.email))
        await record("account-unlock", actor=actor, subject=user)


def throttled_in(user: UUID, *typed: str) -> list[str]:
    """Return under what attempts at an account count, on its known browsers too.

    Args:
        typed: what stands for the account at log-in: its code and address.
    """
    return throttling.accounts_of(user, [token_hash(each).hex() for each in typed])


async def disable(user: UUID, *, reason: str, actor: UUID) -> None:
    """Disable an account: sign out all its sessions and refuse new ones.

    It holds also where a provider deactivated the account before and opens it later.

    Raises:
        Gone: it is deleted, or the vendor disabled it already.
        asyncpg.CheckViolationError: it is the last administrator's.
    """
    async with unit_of_work():
        account = await _lock(user)
        if account.disabled_by not in {None, DisabledBy.PROVIDER}:
            raise Gone
        after = DisabledBy.BOTH if account.disabled_by else DisabledBy.VENDOR
        at = account.disabled_at or clock.now()
        await User.update({User.disabled_at: at, User.disabled_by: after.value}).where(
            User.id == user
        )
        await ending_services.end_sessions(user, Ending.ACCOUNT_DISABLING)
        await record("account-disabling", actor=actor, subject=user, reason=reason)


async def enable(user: UUID, *, actor: UUID) -> None:
    """Open a disabled account again, with the password it had.

    Where both the vendor and a provider disabled it, the first call removes the vendor's mark. A
    second call removes the provider's, until the provider deactivates the account again.

    Raises:
        Gone: it is deleted, or not disabled.
    """
    async with unit_of_work():
        account = await _lock(user)
        if account.disabled_at is None:
            raise Gone
        both = account.disabled_by == DisabledBy.BOTH
        await User.update(
            {User.disabled_by: DisabledBy.PROVIDER.value}
            if both
            else {User.disabled_at: None, User.disabled_by: None}
        ).where(User.id == user)
        await record("account-enabling", actor=actor, subject=user)


async def remove_factors(settings: Settings, user: UUID, *, reason: str, actor: UUID) -> None:
    """Take all second factors from a person who is locked out, and mail them.

    The password stands alone again, so they have to set a new one, which is long enough for that.

    Raises:
        Gone: the account is deleted.
    """
    async with unit_of_work():
        account = await _lock(user)
        await AuthenticatorApp.delete().where(AuthenticatorApp.user == user)
        await Passkey.delete().where(Passkey.user == user)
        await RecoveryCode.delete().where(RecoveryCode.user == user)
        await User.update({User.must_change_password: True}).where(User.id == user)
        await ending_services.end_sessions(user, Ending.FACTOR_REMOVAL)
        await enqueue(
            settings,
            "second-factors-removed",
            Recipient(account.email, account.name, account.language),
            about=user,
            removed_at=clock.now(),
        )
        await record("second-factors-removal", actor=actor, subject=user, reason=reason)
