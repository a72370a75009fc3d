"""Accounts of the vendor's staff: made with a role, entered by a link that sets the password."""

from uuid import UUID

from app import clock
from app.accounts.passwords import hash_password
from app.accounts.rules import STAFF_LINK_LASTS, new_token, token_hash
from app.accounts.services import add_user
from app.accounts.tables import PasswordReset, User
from app.audit.services import record
from app.database import Changed, lock_row, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings


async def create_staff(
    settings: Settings,
    *,
    code: str,
    name: str,
    email: str,
    role: str,
    language: str,
    actor: UUID | None,
) -> str:
    """Make an account of the staff and mail its link. Its password is unknown until then.

    Args:
        role: viewer, operator or administrator.

    Returns:
        The link, for people who have no mail yet.

    Raises:
        asyncpg.UniqueViolationError: the code or the address is taken.
    """
    unknown = await hash_password(new_token())
    async with unit_of_work():
        user = await add_user(
            code=code,
            name=name,
            email=email,
            password_hash=unknown,
            language=language,
            staff_role=role,
            actor=actor,
        )
        account = await _lock(user)
        link = await _send_link(settings, account)
        await record("staff-creation", actor=actor, subject=user, role=role)
    return link


async def send_staff_link(settings: Settings, user: UUID, *, actor: UUID | None) -> None:
    """Mail one of the staff a new link to set the password; earlier ones no longer work.

    Raises:
        Gone: this is no account of the staff that works.
    """
    async with unit_of_work():
        await _send_link(settings, await _lock(user))
        await record("staff-link", actor=actor, subject=user)


async def _lock(user: UUID) -> User:
    works = User.staff_role.is_not_null() & User.disabled_at.is_null()
    return await lock_row(User, (User.id == user) & works, strength="NO KEY UPDATE")


async def _send_link(settings: Settings, account: User) -> str:
    token, now = new_token(), clock.now()
    await PasswordReset.update({PasswordReset.used_at: now}).where(
        PasswordReset.user == account.id, PasswordReset.used_at.is_null()
    )
    await PasswordReset.insert(
        PasswordReset(
            token_hash=token_hash(token),
            user=account.id,
            generation=account.credential_generation,
            created_at=now,
            expires_at=now + STAFF_LINK_LASTS,
        )
    )
    link = f"{settings.base_url}/password/reset/{token}"
    await enqueue(
        settings,
        "staff-invitation",
        Recipient(account.email, account.name, account.language),
        about=account.id,
        valid_until=now + STAFF_LINK_LASTS,
        code=account.code,
        link=link,
        expires_at=now + STAFF_LINK_LASTS,
    )
    return link


async def change_staff_role(user: UUID, *, role: str, seen: str, actor: UUID) -> None:
    """Give one of the staff another role; it counts from their next click on.

    Args:
        seen: the role that the actor saw.

    Raises:
        Gone: the account is deleted.
        Changed: they have another one by now, or the account is disabled.
        asyncpg.CheckViolationError: they are the last administrator.
    """
    async with unit_of_work():
        account = await lock_row(User, User.id == user, strength="NO KEY UPDATE")
        if account.staff_role != seen or account.disabled_at is not None:
            raise Changed
        await User.update({User.staff_role: role}).where(User.id == user)
        await record("staff-role-change", actor=actor, subject=user, role_before=seen, role=role)
