"""Changes that people make to their own accounts."""

from uuid import UUID

import asyncpg

from app import clock
from app.accounts import guess_rules, queries, throttling
from app.accounts.passwords import hash_password, verify_password
from app.accounts.rules import EMAIL_CHANGE_LASTS, Viewer, new_token, token_hash
from app.accounts.services import keep_password, use_up_resets
from app.accounts.tables import EmailChange, User
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import fetch, fetch_one, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue, withdraw
from app.settings import Settings


class AddressTaken(Exception):
    """Another account has this mail address."""


class LinkUnknown(Exception):
    """The link was used, replaced by a newer one, has expired, or never was."""


async def check_password(viewer: Viewer, password: str) -> bool | Throttled:
    """Whether the person knows their password; guesses are slowed down as at log-in."""
    admitted = await throttling.admit(guess_rules.check_lanes(viewer.id, viewer.session))
    if isinstance(admitted, Throttled):
        return admitted
    if not await verify_password(await queries.find_password_hash(viewer.id), password):
        async with unit_of_work():
            await record("password-check-failure", actor=viewer.id)
        return False
    await throttling.forgive(admitted)
    return True


async def renew_password(settings: Settings, viewer: Viewer, password: str) -> None:
    """Give the person the new password they chose, end their other sessions, and tell them."""
    hashed = await hash_password(password)
    account = await queries.find_account(viewer.id)
    async with unit_of_work():
        await keep_password(viewer, hashed)
        await enqueue(
            settings,
            "password-changed",
            Recipient(account["email"], account["name"], account["language"]),
            about=viewer.id,
            changed_at=clock.now(),
            elsewhere=True,
        )


async def change_profile(viewer: Viewer, *, name: str, language: str) -> None:
    """Give the person another name, as written, and the language they read."""
    async with unit_of_work():
        await User.update({User.name: name, User.language: language}).where(User.id == viewer.id)
        await record("profile-change", actor=viewer.id, subject=viewer.id, language=language)


async def ask_email_change(settings: Settings, viewer: Viewer, email: str) -> None:
    """Mail a link to the new address; the change waits until it is opened. Earlier links die.

    Whether somebody else has the address is told only to whoever reads its mail.
    """
    token, now = new_token(), clock.now()
    change = EmailChange(
        user=viewer.id,
        email=email,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + EMAIL_CHANGE_LASTS,
    )
    async with unit_of_work():
        await fetch("select 1 from portal_user where id = $1 for update", viewer.id)
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
        await record("email-change-request", actor=viewer.id, subject=viewer.id)


async def _forget(user: UUID) -> None:
    rows = await fetch('delete from email_change where "user" = $1 returning id', user)
    await withdraw([row["id"] for row in rows])


async def confirm_email_change(settings: Settings, token: str) -> str:
    """Use the link up and change the address; the old one is told.

    Returns:
        The new address.

    Raises:
        LinkUnknown: the link opens nothing.
        AddressTaken: another account has the address; the link stays.
    """
    try:
        async with unit_of_work():
            row = await fetch_one(
                "delete from email_change where token_hash = $1 and expires_at > $2"
                ' returning "user", email',
                token_hash(token),
                clock.now(),
            )
            if row is None:
                raise LinkUnknown
            await _change_email(settings, row["user"], row["email"])
            email: str = row["email"]
            return email
    except asyncpg.UniqueViolationError:
        raise AddressTaken from None


async def _change_email(settings: Settings, user: UUID, email: str) -> None:
    old = await fetch_one("select name, email, language from portal_user where id = $1", user)
    assert old is not None, "the request goes with the account"
    await User.update({User.email: email}).where(User.id == user)
    await use_up_resets(user)
    await enqueue(
        settings,
        "email-changed",
        Recipient(old["email"], old["name"], old["language"]),
        about=user,
        at=clock.now(),
    )
    await record("email-change", actor=user, subject=user)


async def end_session(viewer: Viewer, session: UUID) -> bool:
    """Sign one of the person's browsers out; False where it was signed out already."""
    async with unit_of_work():
        ended = await fetch(
            'delete from session where id = $1 and "user" = $2 returning id', session, viewer.id
        )
        if ended:
            await record("session-end", actor=viewer.id, subject=session)
    return bool(ended)


async def end_other_sessions(viewer: Viewer) -> int:
    """Sign all other browsers of the person out; answers how many there were."""
    async with unit_of_work():
        ended = await fetch(
            'delete from session where "user" = $1 and id <> $2 returning id',
            viewer.id,
            viewer.session,
        )
        await record("session-end", actor=viewer.id, sessions=len(ended))
    return len(ended)
