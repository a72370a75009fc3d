"""Changes of service accounts: making, rotating and revoking, and noting their use."""

from datetime import datetime
from uuid import UUID

from app import clock
from app.accounts.rules import token_hash
from app.audit.services import record
from app.contracts.rules import ServiceRole
from app.database import fetch_value, lock_row, unit_of_work
from app.encryption import encrypt, read_secret, read_text
from app.people.membership_services import NotOwner, lock_people
from app.service_accounts.rules import SHOWN_WITHIN, USE_NOTED_EVERY, Holder, previous_end
from app.service_accounts.tables import ServiceAccount
from app.service_accounts.token_rules import CONTRACT_KIND, make_token
from app.settings import Settings

# Only the person who made the token, once, and soon.
TAKE_UNSHOWN = """
    with found as (
        select id, unshown from service_account
        where id = $1 and made_by = $2 and unshown is not null and revoked_at is null
          and made_at > $3 for update)
    update service_account s set unshown = null from found where s.id = found.id
    returning found.unshown
"""


def _purpose(account: UUID) -> bytes:
    return b"service-account:" + account.bytes


def unshown(settings: Settings, account: UUID, token: str) -> bytes:
    """Return a new token as it waits to be shown once."""
    return encrypt(read_secret(settings.secret_file), _purpose(account), token.encode())


async def create_account(
    settings: Settings,
    *,
    contract: UUID,
    name: str,
    role: ServiceRole,
    expires_at: datetime,
    actor: UUID,
) -> UUID:
    """Create a service account with a token, and return its id.

    Raises:
        NotOwner: the actor no longer owns the contract, or it has ended.
        asyncpg.UniqueViolationError: another account of the contract has the name.
    """
    token, now = make_token(), clock.now()
    async with unit_of_work():
        await _require_owner(contract, actor)
        account = ServiceAccount(
            contract=contract,
            name=name,
            role=role.value,
            token_hash=token_hash(token),
            made_by=actor,
            made_at=now,
            created_at=now,
            expires_at=expires_at,
        )
        account.unshown = unshown(settings, account.id, token)
        await ServiceAccount.insert(account)
        await record(
            "service-account-creation",
            actor=actor,
            contract=contract,
            subject=account.id,
            name=name,
            service_role=role.value,
            expires_at=expires_at,
        )
    return account.id


async def _require_owner(contract: UUID, actor: UUID, *, ended: bool = False) -> None:
    """Lock the contract's people, and refuse an actor who does not own it.

    Args:
        ended: whether the contract may have ended.
    """
    standing = await lock_people(contract)
    if actor not in standing.owners or not (ended or standing.runs):
        raise NotOwner


async def _lock(contract: UUID, account: UUID, revision: int | None = None) -> ServiceAccount:
    own = (
        (ServiceAccount.id == account)
        & (ServiceAccount.contract == contract)
        & ServiceAccount.revoked_at.is_null()
    )
    return await lock_row(ServiceAccount, own, revision=revision)


async def rotate_token(
    settings: Settings,
    *,
    contract: UUID,
    account: UUID,
    revision: int,
    expires_at: datetime,
    actor: UUID,
) -> None:
    """Give an account a new token; the one before works for another day.

    Raises:
        NotOwner: the actor no longer owns the contract, or it has ended.
        Gone: the account is revoked.
        Changed: it has another revision by now.
    """
    async with unit_of_work():
        await _require_owner(contract, actor)
        before = await _lock(contract, account, revision)
        await replace_token(settings, before, expires_at, actor)
        await record(
            "service-account-rotation",
            actor=actor,
            contract=contract,
            subject=account,
            name=before.name,
            expires_at=expires_at,
        )


async def replace_token(
    settings: Settings,
    before: ServiceAccount,
    expires_at: datetime,
    actor: UUID,
    kind: str = CONTRACT_KIND,
) -> None:
    """Give a locked account a new token; the one before works for another day."""
    token, now = make_token(kind), clock.now()
    await ServiceAccount.update(
        {
            ServiceAccount.token_hash: token_hash(token),
            ServiceAccount.unshown: unshown(settings, before.id, token),
            ServiceAccount.made_by: actor,
            ServiceAccount.made_at: now,
            ServiceAccount.expires_at: expires_at,
            ServiceAccount.previous_token_hash: before.token_hash,
            ServiceAccount.previous_expires_at: previous_end(before.expires_at, now),
        }
    ).where(ServiceAccount.id == before.id)


async def revoke_account(*, contract: UUID, account: UUID, actor: UUID) -> None:
    """Revoke an account; its tokens stop at once.

    Raises:
        NotOwner: the actor no longer owns the contract.
        Gone: it is revoked already.
    """
    async with unit_of_work():
        await _require_owner(contract, actor, ended=True)
        revoked = await _lock(contract, account)
        await end_tokens(account)
        await record(
            "service-account-revocation",
            actor=actor,
            contract=contract,
            subject=account,
            name=revoked.name,
        )


async def end_tokens(account: UUID) -> None:
    """Mark an account as revoked: neither of its tokens works from now on."""
    await ServiceAccount.update(
        {ServiceAccount.revoked_at: clock.now(), ServiceAccount.unshown: None}
    ).where(ServiceAccount.id == account)


async def take_token(settings: Settings, account: UUID, viewer: UUID) -> str | None:
    """Return a new token, once, to the person who made it; None to all others and afterwards."""
    encrypted = await fetch_value(TAKE_UNSHOWN, account, viewer, clock.now() - SHOWN_WITHIN)
    return read_text(settings.secret_file, _purpose(account), encrypted) if encrypted else None


async def note_use(holder: Holder, address: str) -> None:
    """Note when and from where an account was used, once a minute."""
    now = clock.now()
    if holder.last_used_at is not None and now - holder.last_used_at < USE_NOTED_EVERY:
        return
    await ServiceAccount.update(
        {ServiceAccount.last_used_at: now, ServiceAccount.last_used_from: address[:100]}
    ).where(ServiceAccount.id == holder.id)


async def forget_unshown() -> None:
    """Delete tokens that their makers did not look at in time."""
    await ServiceAccount.update({ServiceAccount.unshown: None}).where(
        ServiceAccount.unshown.is_not_null() & (ServiceAccount.made_at < clock.now() - SHOWN_WITHIN)
    )
