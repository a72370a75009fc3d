"""Who gets into the staff console. To customers it does not exist."""

from collections.abc import Callable
from functools import partial

from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from app.accounts.access import (
    SAFE_METHODS,
    PersonConnection,
    recently_proved,
    require_proof,
    signed_in,
)
from app.accounts.rules import Viewer
from app.staff.rules import NEEDS_PROOF, Permission, permits


async def staff_only(
    permission: Permission,
    connection: PersonConnection,
    handler: BaseRouteHandler,
) -> None:
    """Guard of the staff console: one of the staff, signed in, whose role has the permission.

    Raises:
        NotFoundException: a customer, whatever they may have to do first, or too low a role.
        NotSignedIn: the visitor is not signed in.
        Detour: staff have something to do first, or prove once more who they are before a page
            that needs it. What they send is kept first: its act asks.
    """
    if connection.user is not None and not permits(connection.user, permission):
        raise NotFoundException
    await signed_in(connection, handler)
    if permission in NEEDS_PROOF and connection.scope.get("method") in SAFE_METHODS:
        await recently_proved(connection, handler)


def permitted(permission: Permission) -> Guard:
    """The guard of a route or a controller that needs a permission."""
    return partial(staff_only, permission)


def requires(permission: Permission) -> Callable[[Viewer], None]:
    """Return what an act asks when it states and when it does: `Act(may=…)`; see `require`."""
    return partial(require, permission=permission)


def require(viewer: Viewer, permission: Permission) -> None:
    """What the acts of the console ask when stated and when done: roles may change between.

    A service account is not asked for a proof: the administrator gave one for each of its scopes.

    Raises:
        NotFoundException: the role or the scopes have not the permission.
        Detour: the permission needs a recent proof of who they are.
    """
    if not permits(viewer, permission):
        raise NotFoundException
    if permission in NEEDS_PROOF and viewer.scopes is None:
        require_proof(viewer)
