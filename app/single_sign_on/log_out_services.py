"""Sessions end where the provider says that a person signed out there."""

import hashlib
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts.ending_services import end_provider_session
from app.audit.services import record
from app.database import fetch, unit_of_work
from app.settings import Settings
from app.single_sign_on import queries
from app.single_sign_on.log_out_rules import LogOut, read_log_out_token
from app.single_sign_on.provider_services import discover, read_keys
from app.single_sign_on.rules import Connection, Refused, Why
from app.single_sign_on.tables import SingleSignOnLogOut
from app.single_sign_on.token_rules import Expected

# Longer than a token counts, and than clocks differ.
REMEMBERED = timedelta(hours=1)


async def end_by_token(settings: Settings, connection: Connection, token: str) -> None:
    """Check a log-out token, and end what it names. A person who is not known here has nothing.

    Raises:
        Refused: the token does not count, or the provider's keys cannot be read.
    """
    keys = await read_keys(settings, await discover(settings, connection.issuer))
    expected = Expected(connection.issuer, connection.client_id)
    left = read_log_out_token(token, keys, expected, clock.now())
    async with unit_of_work():
        await _use(connection.id, left)
        named, user = await _find(connection.id, left)
        if user is None:
            return
        # A session that is not here has ended, unless the sign-in did not say what it is called.
        # The person's other sessions are not meant.
        unnamed = left.session is not None and not named
        session = left.session if named else None
        if await end_provider_session(connection.id, user, session, unnamed=unnamed):
            await record(
                "single-sign-on-ending", actor=user, subject=connection.company, why="signed-out"
            )


async def _use(connection: UUID, left: LogOut) -> None:
    """Use a token up.

    Raises:
        Refused: it came before.
    """
    added = await fetch(
        "insert into single_sign_on_log_out (id, connection, token_hash, received_at)"
        " values (gen_random_uuid(), $1, $2, $3) on conflict do nothing returning id",
        *(connection, hashlib.sha256(left.id.encode()).digest(), clock.now()),
    )
    if not added:
        raise Refused(Why.REPLAYED)


async def _find(connection: UUID, left: LogOut) -> tuple[bool, UUID | None]:
    """Return whether the session that a token names is known, and whose account is meant, if any.

    A session names its person, also where the subject is not known here. Without a session, all of
    the subject's are meant (Back-Channel Logout 1.0, section 2.4).

    Raises:
        Refused: the session is of a person other than the subject.
    """
    by_session = by_subject = None
    if left.session:
        by_session = await queries.find_person_of_session(connection, left.session)
    if left.subject:
        by_subject = await queries.find_subject(connection, left.subject)
    if by_session and by_subject and by_session != by_subject:
        raise Refused(Why.OTHER_PERSON)
    return by_session is not None, by_session or by_subject


async def forget_log_outs() -> None:
    """Forget log-out tokens that are too old to come again."""
    log_out = SingleSignOnLogOut
    await log_out.delete().where(log_out.received_at < clock.now() - REMEMBERED)
