"""Changes that people make to their own accounts."""

from uuid import UUID

import asyncpg

from app import clock
from app.accounts import guess_rules, queries, throttling
from app.accounts.ending_services import end_sessions
from app.accounts.generation_services import (
    CredentialsChanged,
    begin_generation,
    hold_account,
    own_change,
)
from app.accounts.passwords import hash_password, verify_password
from app.accounts.queries import PendingEmail
from app.accounts.rules import EMAIL_CHANGE_LASTS, Ending, Viewer, new_token, token_hash
from app.accounts.services import keep_password
from app.accounts.session_services import FreshToken
from app.accounts.tables import EmailChange, User
from app.accounts.throttling import Throttled
from app.accounts.values import ProfileValues
from app.audit.services import record
from app.database import Gone, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue, withdraw
from app.settings import Settings
from app.web.values import columns


class AddressTaken(Exception):
    """Another account has this mail address."""


class LinkUnknown(Exception):
    """The link was used, replaced by a newer one, has expired, or never was."""


async def check_password(viewer: Viewer, password: str) -> bool | Throttled:
    """Return whether the person knows their password; guesses are slowed down as at log-in."""
    admitted = await throttling.admit(guess_rules.check_lanes(viewer.id, viewer.session))
    if isinstance(admitted, Throttled):
        return admitted
    if not await verify_password(await queries.find_password_hash(viewer.id), password):
        async with unit_of_work():
            await record("password-check-failure", actor=viewer.id)
        return False
    await throttling.forgive(admitted)
    return True


async def renew_password(settings: Settings, viewer: Viewer, password: str) -> FreshToken | None:
    """Give the person the new password they chose, end all but this session, and mail them."""
    hashed = await hash_password(password)
    account = await queries.find_account(viewer.id)
    async with unit_of_work():
        fresh = await keep_password(viewer, hashed)
        await enqueue(
            settings,
            "password-changed",
            Recipient(account.email, account.name, account.language),
            about=viewer.id,
            changed_at=clock.now(),
            elsewhere=True,
        )
    return fresh


async def change_profile(viewer: Viewer, values: ProfileValues) -> None:
    """Give the person another name, as written, and the language they read."""
    async with unit_of_work():
        await User.update(columns(values)).where(User.id == viewer.id)
        await record("profile-change", actor=viewer.id, subject=viewer.id, language=values.language)


async def ask_email_change(settings: Settings, viewer: Viewer, email: str) -> None:
    """Mail a link to the new address and a notice to the old one; the link makes the change.

    Earlier links end. Only the reader of the new address learns whether another account has it.

    Raises:
        CredentialsChanged: the person's credentials changed after they had entered the password.
    """
    token, now = new_token(), clock.now()
    change = EmailChange(
        user=viewer.id,
        generation=viewer.generation,
        email=email,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + EMAIL_CHANGE_LASTS,
    )
    async with unit_of_work():
        account = await hold_account(viewer.id, viewer.generation)
        await _forget(viewer.id)
        await EmailChange.insert(change)
        await enqueue(
            settings,
            "email-confirmation",
            Recipient(email, viewer.name, viewer.language),
            about=change.id,
            valid_until=change.expires_at,
            link=f"{settings.base_url}/email-addresses/{token}",
            expires_at=change.expires_at,
        )
        # About the person, not the change: cancelling the change does not take it back.
        await enqueue(
            settings,
            "email-change-asked",
            Recipient(account.email, account.name, account.language),
            about=viewer.id,
            at=now,
            new_address=email,
        )
        await record("email-change-request", actor=viewer.id, subject=viewer.id)


async def cancel_email_change(viewer: Viewer) -> None:
    """Throw the change away that waits for its link.

    Raises:
        Gone: there is none.
    """
    async with unit_of_work():
        await hold_account(viewer.id, viewer.generation)
        if not await _forget(viewer.id):
            raise Gone
        await record("email-change-cancellation", actor=viewer.id, subject=viewer.id)


async def _forget(user: UUID) -> bool:
    changes = await EmailChange.delete().where(EmailChange.user == user).returning(EmailChange.id)
    await withdraw([row["id"] for row in changes])
    return bool(changes)


async def confirm_email_change(settings: Settings, token: str, viewer: Viewer | None) -> str:
    """Use the link up and change the address; the old address gets a mail.

    Args:
        viewer: who opened the link; their session stays open if the account is theirs.

    Returns:
        The new address.

    Raises:
        LinkUnknown: the link opens nothing.
        AddressTaken: another account has the address; the link stays.
    """
    change = await queries.find_email_change(token, clock.now())
    if change is None:
        raise LinkUnknown
    try:
        if viewer is not None and viewer.id == change.user:
            async with own_change(viewer, Ending.ADDRESS_CHANGE):
                await _change_email(settings, change)
        else:
            async with unit_of_work():
                await _change_email(settings, change)
                await end_sessions(change.user, Ending.ADDRESS_CHANGE)
    except CredentialsChanged:
        raise LinkUnknown from None
    except asyncpg.UniqueViolationError:
        raise AddressTaken from None
    return change.email


async def _change_email(settings: Settings, change: PendingEmail) -> None:
    user = change.user
    old = await hold_account(user, change.generation)
    # A newer change may have replaced this one.
    here = EmailChange.id == change.id
    if not await EmailChange.delete().where(here).returning(EmailChange.id):
        raise LinkUnknown
    await User.update({User.email: change.email}).where(User.id == user)
    await enqueue(
        settings,
        "email-changed",
        Recipient(old.email, old.name, old.language),
        about=user,
        at=clock.now(),
    )
    await record("email-change", actor=user, subject=user)


async def end_session(viewer: Viewer, session: UUID) -> bool:
    """Sign one of the person's browsers out; return False if it was signed out already.

    The other browsers stay, but links and pending changes end: they may come from that one.
    """
    async with own_change(viewer, Ending.OTHER_DEVICE, others_stay=True):
        ended = await end_sessions(viewer.id, Ending.OTHER_DEVICE, only=session)
        if ended:
            await begin_generation(viewer.id)
            await record("session-end", actor=viewer.id, subject=session)
    return ended > 0


async def end_other_sessions(viewer: Viewer) -> int:
    """Sign all other browsers of the person out; return how many there were."""
    async with own_change(viewer, Ending.OTHER_DEVICE):
        await begin_generation(viewer.id)
        ended = await end_sessions(viewer.id, Ending.OTHER_DEVICE, but=viewer.session)
        await record("session-end", actor=viewer.id, sessions=ended)
    return ended
