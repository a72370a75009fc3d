"""Changes of sessions: signing in and out, and noting that one is in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app import clock
from app.accounts import company_queries, guess_rules, queries, throttling
from app.accounts.factors.queries import has_factor
from app.accounts.factors.rules import pending_length
from app.accounts.factors.tables import PendingSignIn
from app.accounts.generation_services import CredentialsChanged, hold_account
from app.accounts.passwords import verify_password
from app.accounts.place_rules import PlaceKeeper
from app.accounts.rules import ByProvider, Viewer, new_token, session_length, token_hash
from app.accounts.tables import Device, Session, User
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import Record, fetch_one, unit_of_work
from app.web.texts import normalised


class ProviderRequired(CredentialsChanged):
    """The person's company requires its identity provider: the password is not enough."""


@dataclass(frozen=True)
class SignIn:
    """A fresh session: the token goes into the cookie and is kept nowhere.

    Attributes:
        warned: companies whose owners get a mail that the person signed in by password. None is the
            vendor, whose administrators get it.
    """

    user: UUID
    token: str
    device_token: str | None
    lasts: timedelta
    warned: Sequence[UUID | None] = ()


@dataclass(frozen=True)
class PendingLogin:
    """The password was right, a second factor is still missing: no session yet."""

    token: str
    lasts: timedelta


@dataclass(frozen=True)
class FreshToken:
    """Continue the session under a new token."""

    token: str
    lasts: timedelta


async def sign_in(
    code: str,
    password: str,
    *,
    address: str,
    user_agent: str,
    device_tokens: Sequence[str],
    places: PlaceKeeper,
) -> SignIn | PendingLogin | Throttled | None:
    """Sign a person in, or None where user code and password do not belong together.

    An attempt that has to wait is answered without looking at the password.
    People with a second factor are not signed in yet: proof_services.finish_sign_in() does that.

    Unknown codes cost the same time and give the same answer as wrong passwords.

    Args:
        code: a user code or a mail address.
        device_tokens: what the browser may be known by; one of them is enough.

    Raises:
        ProviderRequired: user code and password are right, but do not count.
    """
    code = normalised(code).lower()
    account = await queries.find_credentials(code)
    device = await queries.find_device(device_tokens, account["id"]) if account else None
    if account and device:
        admitted = await throttling.admit(guess_rules.device_lanes(account["id"], device))
    else:
        admitted = await throttling.admit_sign_in(token_hash(code).hex(), address, places)
    if isinstance(admitted, Throttled):
        return admitted
    if not await verify_password(account["password_hash"] if account else None, password):
        await _note_failure(account)
        return None
    assert account is not None
    await throttling.forgive(admitted)
    try:
        if (await company_queries.find_sign_in_rule(account["id"])).refused:
            raise ProviderRequired
        return await pass_first_step(account, user_agent, device)
    except ProviderRequired:
        await _note_failure(account)
        raise
    except CredentialsChanged:
        # While the password was checked it became an old one.
        await _note_failure(account)
        return None


async def pass_first_step(
    account: Record, user_agent: str, device: UUID | None, by: ByProvider | None = None
) -> SignIn | PendingLogin:
    """Go on after the password, or what stands in for it: to the second factor or into a session.

    Args:
        account: a row of find_credentials.

    Raises:
        CredentialsChanged: what they proved it with is no longer theirs.
    """
    # An account is linked after its own second factor only, whatever the provider asked for.
    by_own = by is None or by.subject is not None or not by.second_factor
    if by_own and await has_factor(account["id"]):
        return await _pend(account, user_agent, device, by)
    return await open_session(account, user_agent, known_device=device, by=by)


async def _note_failure(account: Record | None) -> None:
    async with unit_of_work():
        await record("sign-in-failure", actor=None, subject=account["id"] if account else None)


async def _pend(
    account: Record, user_agent: str, device: UUID | None, by: ByProvider | None
) -> PendingLogin:
    token, now = new_token(), clock.now()
    lasts = pending_length(account["staff_role"])
    pending = PendingSignIn(
        token_hash=token_hash(token),
        user=account["id"],
        generation=account["credential_generation"],
        device=device,
        user_agent=user_agent[:200],
        created_at=now,
        expires_at=now + lasts,
        provider=by.connection if by else None,
        provider_exit=by.exit if by else None,
        provider_session=by.session if by else None,
        provider_grant=by.grant if by else None,
        provider_subject=by.subject if by else None,
    )
    async with unit_of_work():
        await hold_account(account["id"], account["credential_generation"])
        await PendingSignIn.insert(pending)
        await record("sign-in-beginning", actor=account["id"])
    return PendingLogin(token, lasts)


async def open_session(
    account: Record,
    user_agent: str,
    *,
    known_device: UUID | None,
    second_factor: str | None = None,
    by: ByProvider | None = None,
) -> SignIn:
    """Begin a session of a person who has proved who they are.

    Args:
        account: a row of find_credentials, with the generation in which they proved it.
        known_device: the device that signed in before, or None for a new one.
        second_factor: the way they proved it beside the password, if they have one.
        by: what stood in for the password.

    Raises:
        CredentialsChanged: what they proved it with is no longer theirs.
        ProviderRequired: their company requires its provider.
    """
    user, generation = account["id"], account["credential_generation"]
    token, now = new_token(), clock.now()
    lasts = session_length(account["staff_role"])
    async with unit_of_work():
        await hold_account(user, generation)
        warned = () if by else await _may_use_password(user, second_factor)
        await Session.insert(
            Session(
                token_hash=token_hash(token),
                user=user,
                generation=generation,
                user_agent=user_agent[:200],
                created_at=now,
                last_seen_at=now,
                expires_at=now + lasts,
                proved_at=by.proved_at if by and second_factor is None else now,
                by_provider=by is not None,
                provider_exit=by.exit if by else None,
                provider=by.connection if by else None,
                provider_session=by.session if by else None,
                provider_grant=by.grant if by else None,
                provider_checked_at=now if by and by.grant else None,
                second_factor_by_provider=by is not None and by.second_factor,
            )
        )
        new_device = await _note_device(user, generation, known_device, now)
        await User.update({User.last_sign_in_at: now}).where(User.id == user)
        await record(
            "sign-in",
            actor=user,
            second_factor="provider" if by and by.second_factor else second_factor,
            single_sign_on=by.connection if by else None,
            excepted=bool(warned),
        )
    return SignIn(user, token, new_device, lasts, warned)


async def _note_device(
    user: UUID, generation: int, known: UUID | None, now: datetime
) -> str | None:
    """Note that a device signed in; return the token of a new one."""
    if known:
        await Device.update({Device.last_used_at: now}).where(Device.id == known)
        return None
    token = new_token()
    await Device.insert(
        Device(token_hash=token_hash(token), user=user, generation=generation, last_used_at=now)
    )
    return token


async def _may_use_password(user: UUID, second_factor: str | None) -> Sequence[UUID | None]:
    """Return the companies whose owners get a mail about a sign-in by password.

    The caller holds the lock of the account.

    Raises:
        ProviderRequired: the person's company requires its provider.
    """
    rule = await company_queries.find_sign_in_rule(user)
    if rule.refused or (rule.warned and second_factor is None):
        raise ProviderRequired
    return rule.warned


async def renew_token(viewer: Viewer, *, proved_at: datetime | None = None) -> FreshToken | None:
    """Give the session a new token, as after each authentication; None if it was ended.

    Args:
        proved_at: when the person proved once more who they are, if they did.
    """
    token = new_token()
    row = await fetch_one(
        "update session set token_hash = $2, proved_at = coalesce($3, proved_at) where id = $1"
        " returning expires_at",
        viewer.session,
        token_hash(token),
        proved_at,
    )
    return FreshToken(token, row["expires_at"] - clock.now()) if row else None


async def sign_out(viewer: Viewer) -> bytes | None:
    """End the session that the person is signed in with; return its `provider_exit`."""
    async with unit_of_work():
        ended = (
            await Session.delete()
            .where(Session.id == viewer.session)
            .returning(Session.provider_exit)
        )
        await record("sign-out", actor=viewer.id)
    return ended[0]["provider_exit"] if ended else None


async def mark_seen(session: UUID) -> None:
    """Note that a session is in use."""
    await Session.update({Session.last_seen_at: clock.now()}).where(
        Session.id == session, Session.ended_at.is_null()
    )
