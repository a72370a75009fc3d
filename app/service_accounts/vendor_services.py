"""Changes of the vendor's service accounts. Their acts ask who may make them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app import clock
from app.accounts.rules import token_hash
from app.audit.services import record
from app.database import lock_row, unit_of_work
from app.service_accounts.services import end_tokens, replace_token, unshown
from app.service_accounts.tables import ServiceAccount
from app.service_accounts.token_rules import VENDOR_KIND, make_token
from app.settings import Settings


async def create_vendor_account(
    settings: Settings, *, name: str, scopes: Sequence[str], expires_at: datetime, actor: UUID
) -> UUID:
    """Create a service account of the vendor with a token, and return its id.

    Raises:
        asyncpg.UniqueViolationError: another account of the vendor has the name.
    """
    token, now = make_token(VENDOR_KIND), clock.now()
    async with unit_of_work():
        account = ServiceAccount(
            contract=None,
            name=name,
            scopes=sorted(scopes),
            token_hash=token_hash(token),
            made_by=actor,
            made_at=now,
            created_at=now,
            expires_at=expires_at,
        )
        account.unshown = unshown(settings, account.id, token)
        await ServiceAccount.insert(account)
        await record(
            "vendor-account-creation",
            actor=actor,
            subject=account.id,
            name=name,
            scopes=sorted(scopes),
            expires_at=expires_at,
        )
    return account.id


async def _lock(account: UUID, revision: int | None = None) -> ServiceAccount:
    live = (
        (ServiceAccount.id == account)
        & ServiceAccount.contract.is_null()
        & ServiceAccount.revoked_at.is_null()
    )
    return await lock_row(ServiceAccount, live, revision=revision)


async def rotate_vendor_token(
    settings: Settings, *, account: UUID, revision: int, expires_at: datetime, actor: UUID
) -> None:
    """Give an account of the vendor a new token; the one before works for another day.

    Raises:
        Gone: the account is revoked.
        Changed: it has another revision by now.
    """
    async with unit_of_work():
        before = await _lock(account, revision)
        await replace_token(settings, before, expires_at, actor, VENDOR_KIND)
        await record(
            "vendor-account-rotation",
            actor=actor,
            subject=account,
            name=before.name,
            expires_at=expires_at,
        )


async def revoke_vendor_account(*, account: UUID, actor: UUID) -> None:
    """Revoke an account of the vendor; its tokens stop at once.

    Raises:
        Gone: it is revoked already.
    """
    async with unit_of_work():
        revoked = await _lock(account)
        await end_tokens(account)
        await record("vendor-account-revocation", actor=actor, subject=account, name=revoked.name)
