"""Notices are looked up through the person: those of other products are not found."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.notices.queries import OpenedNotice, find_notice


async def provide_notice(
    viewer: NamedDependency[Viewer], notice_id: FromPath[UUID]
) -> OpenedNotice:
    """Return the notice in the address.

    Raises:
        NotFoundException: it is not of the person's products, not published yet, or withdrawn.
    """
    notice = await find_notice(viewer.id, notice_id)
    if notice is None:
        raise NotFoundException
    return notice
