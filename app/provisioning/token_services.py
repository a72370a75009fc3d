"""Changes of a connection's token: making, rotating and revoking it, and noting its use."""

from typing import Any
from uuid import UUID

from piccolo.columns import Column

from app import clock
from app.accounts.rules import token_hash
from app.audit.services import record
from app.database import Changed, Gone, fetch_value, lock_row, unit_of_work
from app.encryption import encrypt, read_secret, read_text
from app.provisioning.rules import OVERLAP, SHOWN_WITHIN, USE_NOTED_EVERY, Caller
from app.provisioning.tables import ProvisioningToken
from app.service_accounts.token_rules import PROVISIONING_KIND, make_token
from app.settings import Settings
from app.single_sign_on.tables import SingleSignOnConnection

# Only the person who made the token, once, and soon.
TAKE_UNSHOWN = """
    with found as (
        select id, unshown from provisioning_token
        where connection = $1 and made_by = $2 and unshown is not null and revoked_at is null
          and made_at > $3 for update)
    update provisioning_token t set unshown = null from found where t.id = found.id
    returning found.unshown
"""


def _purpose(connection: UUID) -> bytes:
    return b"provisioning:" + connection.bytes


async def make_connection_token(
    settings: Settings,
    company: UUID,
    *,
    revision: int,
    actor: UUID,
    contract: UUID | None = None,
) -> None:
    """Give a company's connection a token; the one before works for another day.

    Args:
        revision: of the token that the actor saw; 0 if there was none.
        contract: in whose history it stands, if an owner does it.

    Raises:
        Gone: the company has no connection.
        Changed: there is another token by now.
    """
    async with unit_of_work():
        connection = await _lock_connection(company)
        before = await _find(connection, revision)
        fresh = _fresh(settings, connection, actor)
        if before is None:
            await ProvisioningToken.insert(
                ProvisioningToken(**{str(name): value for name, value in fresh.items()})
            )
        else:
            await ProvisioningToken.update({**fresh, **_overlap(before)}).where(
                ProvisioningToken.id == before.id
            )
        rotated = before is not None and before.revoked_at is None
        await record(
            "provisioning-token-rotation" if rotated else "provisioning-token-creation",
            actor=actor,
            contract=contract,
            subject=company,
        )


def _fresh(settings: Settings, connection: UUID, actor: UUID) -> dict[Column | str, Any]:
    """Return the columns of a new token."""
    token, secret = make_token(PROVISIONING_KIND), read_secret(settings.secret_file)
    return {
        "connection": connection,
        "token_hash": token_hash(token),
        "unshown": encrypt(secret, _purpose(connection), token.encode()),
        "made_by": actor,
        "made_at": clock.now(),
        "revoked_at": None,
    }


def _overlap(before: ProvisioningToken) -> dict[Column | str, Any]:
    """Return the columns that keep a replaced token a while; one that was revoked stays so."""
    works = before.revoked_at is None
    return {
        "previous_token_hash": before.token_hash if works else None,
        "previous_expires_at": clock.now() + OVERLAP if works else None,
    }


async def _lock_connection(company: UUID) -> UUID:
    here = SingleSignOnConnection.company == company
    id: UUID = (await lock_row(SingleSignOnConnection, here, strength="NO KEY UPDATE")).id
    return id


async def _find(connection: UUID, revision: int) -> ProvisioningToken | None:
    try:
        here = ProvisioningToken.connection == connection
        return await lock_row(ProvisioningToken, here, revision=revision)
    except Gone:
        if revision:
            raise Changed from None
        return None


async def revoke_connection_token(
    company: UUID, *, actor: UUID, contract: UUID | None = None
) -> None:
    """Revoke the token of a company's connection, and the one before: the provider is out at once.

    Raises:
        Gone: there is none that works.
    """
    async with unit_of_work():
        connection = await _lock_connection(company)
        live = (ProvisioningToken.connection == connection) & ProvisioningToken.revoked_at.is_null()
        token = await lock_row(ProvisioningToken, live)
        await ProvisioningToken.update(
            {ProvisioningToken.revoked_at: clock.now(), ProvisioningToken.unshown: None}
        ).where(ProvisioningToken.id == token.id)
        await record(
            "provisioning-token-revocation", actor=actor, contract=contract, subject=company
        )


async def take_token(settings: Settings, connection: UUID, viewer: UUID) -> str | None:
    """Return a new token, once, to the person who made it; None to all others and afterwards."""
    encrypted = await fetch_value(TAKE_UNSHOWN, connection, viewer, clock.now() - SHOWN_WITHIN)
    return read_text(settings.secret_file, _purpose(connection), encrypted) if encrypted else None


async def note_use(caller: Caller, address: str) -> None:
    """Note when and from where a token was used, once a minute."""
    now = clock.now()
    if caller.last_used_at is not None and now - caller.last_used_at < USE_NOTED_EVERY:
        return
    await ProvisioningToken.update(
        {ProvisioningToken.last_used_at: now, ProvisioningToken.last_used_from: address[:100]}
    ).where(ProvisioningToken.id == caller.token)


async def forget_unshown() -> None:
    """Delete tokens that their makers did not look at in time."""
    await ProvisioningToken.update({ProvisioningToken.unshown: None}).where(
        ProvisioningToken.unshown.is_not_null()
        & (ProvisioningToken.made_at < clock.now() - SHOWN_WITHIN)
    )
