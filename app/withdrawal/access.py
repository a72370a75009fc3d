"""Guards of the pages by which people leave."""

from litestar.handlers import BaseRouteHandler

from app.accounts.access import PROOF, Detour, PersonConnection, has_proved, user_of
from app.accounts.factors.queries import has_factor
from app.accounts.rules import Viewer
from app.withdrawal.queries import is_withdrawn

FAREWELL_URL = "/farewell"


async def not_withdrawn(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard before `signed_in`: a form that is sent again after it was done is answered as before.

    Raises:
        Detour: the person withdrew in the session that the address names.
    """
    gone = connection.user is None
    if gone and await is_withdrawn(connection.path_params["session_id"]):
        raise Detour(FAREWELL_URL)


async def proved_by_factor(connection: PersonConnection, _: BaseRouteHandler) -> None:
    """Guard after `signed_in`: who has a second factor has shown it a moment ago.

    Raises:
        Detour: they are asked for it, and come back.
    """
    if await must_prove(user_of(connection)):
        raise Detour(PROOF)


async def must_prove(viewer: Viewer) -> bool:
    """Return whether the person has a second factor, and showed it too long ago."""
    return not has_proved(viewer) and await has_factor(viewer.id)
