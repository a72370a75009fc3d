"""Changes of accounts: signing in and out, accepting terms, passwords, language."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts import queries, throttling
from app.accounts.factor_queries import has_factor
from app.accounts.factor_rules import pending_length
from app.accounts.factor_tables import PendingSignIn
from app.accounts.passwords import hash_password, verify_password
from app.accounts.rules import Viewer, new_token, session_length, token_hash
from app.accounts.tables import Device, Session, Terms, User
from app.audit.services import record
from app.database import Record, fetch, unit_of_work, uuid7
from app.web.forms import normalised


@dataclass(frozen=True)
class SignIn:
    """A fresh session: the token goes into the cookie and is kept nowhere."""

    user: UUID
    token: str
    device_token: str | None
    lasts: timedelta


@dataclass(frozen=True)
class PendingLogin:
    """The password was right, a second factor is still missing: no session yet."""

    token: str
    lasts: timedelta


@dataclass(frozen=True)
class Throttled:
    """Too many attempts; the next one may come after `wait`."""

    wait: timedelta


async def sign_in(
    code: str, password: str, *, address: str, user_agent: str, device_token: str
) -> SignIn | PendingLogin | Throttled | None:
    """Sign a person in, or None where user code and password do not belong together.

    Who has a second factor is not signed in yet: proof_services.finish_sign_in() does that.

    Unknown codes cost the same time and give the same answer as wrong passwords.
    """
    code = normalised(code).lower()
    account = await queries.find_credentials(code)
    device = await queries.find_device(device_token, account["id"]) if account else None
    counted_in = (
        {f"device:{device}": throttling.FREE_PER_ACCOUNT}
        if device
        else throttling.buckets(token_hash(code).hex(), address)
    )
    if wait := await throttling.admit(counted_in):
        return Throttled(wait)
    if not await verify_password(account["password_hash"] if account else None, password):
        async with unit_of_work():
            await record("sign-in-failure", actor=None, subject=account["id"] if account else None)
        return None
    assert account is not None
    await throttling.forgive(counted_in)
    if await has_factor(account["id"]):
        return await _pend(account, user_agent, device)
    return await open_session(account, user_agent, known_device=device)


async def _pend(account: Record, user_agent: str, device: UUID | None) -> PendingLogin:
    token, now = new_token(), clock.now()
    lasts = pending_length(account["staff_role"])
    pending = PendingSignIn(
        token_hash=token_hash(token),
        user=account["id"],
        device=device,
        user_agent=user_agent[:200],
        created_at=now,
        expires_at=now + lasts,
    )
    async with unit_of_work():
        await PendingSignIn.insert(pending)
        await record("sign-in-beginning", actor=account["id"])
    return PendingLogin(token, lasts)


async def open_session(
    account: Record,
    user_agent: str,
    *,
    known_device: UUID | None,
    second_factor: str | None = None,
) -> SignIn:
    """Begin a session of a person who has proved who they are.

    Args:
        account: a row of find_credentials.
        known_device: the device that signed in before, or None for a new one.
        second_factor: the way they proved it beside the password, if they have one.
    """
    token = new_token()
    new_device = None if known_device else new_token()
    now = clock.now()
    lasts = session_length(account["staff_role"])
    async with unit_of_work():
        await Session.insert(
            Session(
                token_hash=token_hash(token),
                user=account["id"],
                user_agent=user_agent[:200],
                created_at=now,
                last_seen_at=now,
                expires_at=now + lasts,
                proved_at=now,
            )
        )
        if new_device:
            await Device.insert(
                Device(token_hash=token_hash(new_device), user=account["id"], last_used_at=now)
            )
        else:
            await Device.update({Device.last_used_at: now}).where(Device.id == known_device)
        await User.update({User.last_sign_in_at: now}).where(User.id == account["id"])
        await record("sign-in", actor=account["id"], second_factor=second_factor)
    return SignIn(account["id"], token, new_device, lasts)


async def sign_out(viewer: Viewer) -> None:
    """End the session that the person is signed in with."""
    async with unit_of_work():
        await Session.delete().where(Session.id == viewer.session)
        await record("sign-out", actor=viewer.id)


async def mark_seen(session: UUID) -> None:
    """Note that a session is in use."""
    await Session.update({Session.last_seen_at: clock.now()}).where(Session.id == session)


async def accept_terms(viewer: Viewer, terms: UUID) -> None:
    """Record that the person accepts a version of the terms; once, however often it is sent."""
    await record_acceptance(viewer.id, terms)


async def record_acceptance(user: UUID, terms: UUID) -> None:
    """Record that somebody accepts a version of the terms, also before they are signed in."""
    async with unit_of_work():
        added = await fetch(
            'insert into terms_acceptance (id, "user", terms, accepted_at)'
            ' values ($1, $2, $3, $4) on conflict ("user", terms) do nothing returning id',
            uuid7(),
            user,
            terms,
            clock.now(),
        )
        if added:
            await record("terms-acceptance", actor=user, subject=terms)


async def set_password(viewer: Viewer, password: str) -> None:
    """Give the person a new password and end all their other sessions."""
    hashed = await hash_password(password)
    async with unit_of_work():
        await keep_password(viewer, hashed)


async def keep_password(viewer: Viewer, hashed: str) -> None:
    """Keep a new password's hash; other sessions end, and links to set one are used up."""
    async with unit_of_work():
        await User.update({User.password_hash: hashed, User.must_change_password: False}).where(
            User.id == viewer.id
        )
        await Session.delete().where(Session.user == viewer.id, Session.id != viewer.session)
        await use_up_resets(viewer.id)
        await record("password-change", actor=viewer.id)


async def use_up_resets(user: UUID) -> None:
    """Links to set a forgotten password that were mailed so far open nothing any more."""
    await fetch(
        'update password_reset set used_at = $2 where "user" = $1 and used_at is null',
        user,
        clock.now(),
    )


async def set_language(viewer: Viewer, language: str) -> None:
    """Show the portal to the person in this language from now on."""
    async with unit_of_work():
        await User.update({User.language: language}).where(User.id == viewer.id)
        await record("language-change", actor=viewer.id, language=language)


async def create_user(
    *,
    code: str,
    name: str,
    email: str,
    password: str,
    language: str = "ja",
    must_change_password: bool = False,
    staff_role: str | None = None,
    actor: UUID | None = None,
) -> UUID:
    """Make an account. Code and address are normalised; the name is kept as written.

    Raises:
        asyncpg.UniqueViolationError: the code or the address is taken.
    """
    return await add_user(
        code=code,
        name=name,
        email=email,
        password_hash=await hash_password(password),
        language=language,
        must_change_password=must_change_password,
        staff_role=staff_role,
        actor=actor,
    )


async def add_user(
    *,
    code: str,
    name: str,
    email: str,
    password_hash: str,
    language: str,
    must_change_password: bool = False,
    staff_role: str | None = None,
    actor: UUID | None = None,
) -> UUID:
    """Make an account whose password was hashed before.

    Raises:
        asyncpg.UniqueViolationError: the code or the address is taken.
    """
    user = User(
        code=normalised(code).lower(),
        name=name,
        email=normalised(email).lower(),
        language=language,
        password_hash=password_hash,
        must_change_password=must_change_password,
        staff_role=staff_role,
        created_at=clock.now(),
    )
    async with unit_of_work():
        await User.insert(user)
        await record("user-creation", actor=actor, subject=user.id)
    return user.id


class TermsChanged(Exception):
    """Another version of the terms was published meanwhile."""


async def publish_terms(
    body_ja: str, body_en: str, *, after: int | None = None, actor: UUID | None = None
) -> UUID:
    """Publish a new version of the terms; everybody is asked to accept it.

    Args:
        after: the version that the actor saw as the newest; None where nobody looked.

    Raises:
        TermsChanged: it is another one by now.
    """
    async with unit_of_work():
        await fetch("lock table terms in share row exclusive mode")
        newest = await queries.current_terms()
        if after is not None and after != (newest["version"] if newest else 0):
            raise TermsChanged
        terms = Terms(
            version=newest["version"] + 1 if newest else 1,
            body_ja=body_ja,
            body_en=body_en,
            published_at=clock.now(),
        )
        await Terms.insert(terms)
        await record("terms-publication", actor=actor, subject=terms.id, version=terms.version)
    return terms.id
