"""Memberships and invitations are looked up within a contract that the person sees."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.contracts.rules import SeenContract
from app.people import queries
from app.people.queries import OpenInvitation, SeenMembership


async def provide_membership(
    viewer: NamedDependency[Viewer],
    contract: NamedDependency[SeenContract],
    membership_id: FromPath[UUID],
) -> SeenMembership:
    """Return the membership in the address: their own, or any for owners of a running contract.

    Raises:
        NotFoundException: there is none, or it is not for this person to change.
    """
    membership = await queries.find_membership(viewer, contract, membership_id)
    if membership is None:
        raise NotFoundException
    return membership


async def provide_invitation(
    contract: NamedDependency[SeenContract], invitation_id: FromPath[UUID]
) -> OpenInvitation:
    """Return the open invitation in the address.

    Raises:
        NotFoundException: it is not one of the contract, or it was used or ended.
    """
    invitation = await queries.find_open_invitation(contract, invitation_id)
    if invitation is None:
        raise NotFoundException
    return invitation
