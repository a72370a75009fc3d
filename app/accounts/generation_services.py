"""Credential generations: one change of a person's credentials voids all that was given out before.

The database begins a generation when the password, the mail address, a second factor or the state
of the account changes. Tokens, links and pending changes carry the generation that they were made
in, and count in no other one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.accounts.ending_services import end_sessions
from app.accounts.rules import Ending, Viewer
from app.accounts.tables import User
from app.database import Gone, fetch, lock_row, unit_of_work


class CredentialsChanged(Exception):
    """The credentials changed after the person had proved who they are, or the account is shut."""


async def hold_account(user: UUID, generation: int) -> User:
    """Lock an account whose credentials are still those of a generation.

    Lock it before any row that belongs to it: then two changes of an account never wait for each
    other.

    Raises:
        CredentialsChanged: they are not, or the account is disabled or gone.
    """
    try:
        return await lock_row(
            User,
            (User.id == user)
            & (User.credential_generation == generation)
            & User.disabled_at.is_null(),
            strength="NO KEY UPDATE",
        )
    except Gone:
        raise CredentialsChanged from None


async def require_current(viewer: Viewer) -> None:
    """Refuse what a person confirms in a session that was ended a moment ago.

    Raises:
        CredentialsChanged: the session is void.
    """
    if not await fetch(
        "select 1 from portal_user where id = $1 and credential_generation = $2"
        " and disabled_at is null",
        viewer.id,
        viewer.generation,
    ):
        raise CredentialsChanged


async def begin_generation(user: UUID) -> None:
    """Void all that was given out to a person, without a change of their credentials."""
    await User.update({User.credential_generation: User.credential_generation + 1}).where(
        User.id == user
    )


@asynccontextmanager
async def own_change(
    viewer: Viewer, ending: Ending, *, others_stay: bool = False
) -> AsyncIterator[User]:
    """Change a person's own credentials: only the session that does it stays open.

    Where nothing was changed, the other sessions stay open.

    Args:
        ending: why the other sessions end, for their browsers.
        others_stay: whether the person's other sessions also stay open.

    Raises:
        CredentialsChanged: another person changed them first.
    """
    async with unit_of_work():
        yield await hold_account(viewer.id, viewer.generation)
        await fetch(
            "update session s set generation = u.credential_generation from portal_user u"
            ' where u.id = $1 and s."user" = u.id and s.generation = $2 and (s.id = $3 or $4)',
            viewer.id,
            viewer.generation,
            viewer.session,
            others_stay,
        )
        if not others_stay and await _has_begun(viewer):
            await end_sessions(viewer.id, ending, but=viewer.session)


async def _has_begun(viewer: Viewer) -> bool:
    """Return whether the person's credentials are of another generation by now."""
    return not await fetch(
        "select 1 from portal_user where id = $1 and credential_generation = $2",
        viewer.id,
        viewer.generation,
    )
