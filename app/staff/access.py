"""Who gets into the staff console. To customers it does not exist."""

from functools import partial
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.staff.rules import Permission, permits


async def staff_only(
    permission: Permission,
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
) -> None:
    """Guard of the staff console: one of the staff, signed in, whose role has the permission.

    Raises:
        NotFoundException: a customer, whatever they may have to do first, or too low a role.
        NotSignedIn: nobody is signed in.
        Detour: staff have something to do first.
    """
    viewer: Viewer | None = connection.scope.get("viewer")  # type: ignore[assignment]
    if viewer is not None and not permits(viewer.staff_role, permission):
        raise NotFoundException
    await signed_in(connection, handler)


def permitted(permission: Permission) -> Guard:
    """The guard of a route or a controller that needs a permission."""
    return partial(staff_only, permission)


def require(viewer: Viewer, permission: Permission) -> None:
    """What the acts of the console ask when they state and when they do: roles change meanwhile.

    Raises:
        NotFoundException: the person's role has not the permission.
    """
    if not permits(viewer.staff_role, permission):
        raise NotFoundException
