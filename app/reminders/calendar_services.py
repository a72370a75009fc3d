"""Making, showing and revoking a person's calendar address."""

from uuid import UUID

from app import clock
from app.accounts.generation_services import hold_account
from app.accounts.queries import counts
from app.accounts.rules import new_token, token_hash
from app.audit.services import record
from app.database import fetch_value, unit_of_work, uuid7
from app.encryption import encrypt, read_secret, read_text
from app.reminders.tables import CalendarFeed
from app.settings import Settings

TAKE_ADDRESS = f"""
    with found as (
        select f.id, f.unshown from calendar_feed f join portal_user u on u.id = f."user"
        where u.id = $1 and f.unshown is not null and {counts("f")} for update of f)
    update calendar_feed f set unshown = null from found where f.id = found.id
    returning found.unshown
"""  # noqa: S608 - a fixed condition


def _purpose(user: UUID) -> bytes:
    return b"calendar:" + user.bytes


async def make_feed(settings: Settings, user: UUID, generation: int) -> None:
    """Give a person a calendar address; one that they had stops working at once.

    Args:
        generation: of the credentials that they are signed in with.

    Raises:
        CredentialsChanged: the person's session was ended a moment ago.
    """
    token = new_token()
    unshown = encrypt(read_secret(settings.secret_file), _purpose(user), token.encode())
    async with unit_of_work():
        await hold_account(user, generation)
        fresh = await fetch_value(
            'insert into calendar_feed (id, "user", token_hash, unshown, created_at, generation)'
            ' values ($1, $2, $3, $4, $5, $6) on conflict ("user") do update set'
            " token_hash = $3, unshown = $4, created_at = $5, generation = $6 returning xmax = 0",
            uuid7(),
            user,
            token_hash(token),
            unshown,
            clock.now(),
            generation,
        )
        await record("calendar-creation" if fresh else "calendar-renewal", actor=user)


async def revoke_feed(user: UUID) -> None:
    """Make the person's calendar address unknown; without one nothing happens."""
    async with unit_of_work():
        feed = CalendarFeed.delete().where(CalendarFeed.user == user)
        if await feed.returning(CalendarFeed.id):
            await record("calendar-revocation", actor=user)


async def take_address(settings: Settings, user: UUID) -> str | None:
    """Return the person's calendar address, the first time it is asked for; None afterwards."""
    encrypted = await fetch_value(TAKE_ADDRESS, user)
    if encrypted is None:
        return None
    token = read_text(settings.secret_file, _purpose(user), encrypted)
    return f"{settings.base_url}/calendar/{token}.ics" if token else None
