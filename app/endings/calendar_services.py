"""Making, showing and revoking a person's calendar address."""

from uuid import UUID

from app import clock
from app.accounts.rules import new_token, token_hash
from app.audit.services import record
from app.database import fetch, fetch_value, unit_of_work, uuid7
from app.sealing import CannotOpen, read_secret, seal, unseal
from app.settings import Settings


def _purpose(user: UUID) -> bytes:
    return b"calendar:" + user.bytes


async def make_feed(settings: Settings, user: UUID) -> None:
    """Give a person a calendar address; one that they had stops working at once."""
    token = new_token()
    unshown = seal(read_secret(settings.secret_file), _purpose(user), token.encode())
    async with unit_of_work():
        fresh = await fetch_value(
            'insert into calendar_feed (id, "user", token_hash, unshown, created_at)'
            ' values ($1, $2, $3, $4, $5) on conflict ("user") do update set'
            " token_hash = $3, unshown = $4, created_at = $5 returning xmax = 0",
            uuid7(),
            user,
            token_hash(token),
            unshown,
            clock.now(),
        )
        await record("calendar-creation" if fresh else "calendar-renewal", actor=user)


async def revoke_feed(user: UUID) -> None:
    """Make the person's calendar address unknown; without one nothing happens."""
    async with unit_of_work():
        if await fetch('delete from calendar_feed where "user" = $1 returning id', user):
            await record("calendar-revocation", actor=user)


async def take_address(settings: Settings, user: UUID) -> str | None:
    """The person's calendar address, the first time it is asked for; None afterwards."""
    sealed = await fetch_value(
        'with found as (select id, unshown from calendar_feed where "user" = $1'
        " and unshown is not null for update)"
        " update calendar_feed f set unshown = null from found where f.id = found.id"
        " returning found.unshown",
        user,
    )
    if sealed is None:
        return None
    try:
        token = unseal(read_secret(settings.secret_file), _purpose(user), sealed).decode()
    except CannotOpen:
        return None  # the portal's secret is another one by now: the person makes a new address
    return f"{settings.base_url}/calendar/{token}.ics"
