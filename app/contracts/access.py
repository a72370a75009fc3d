"""Contracts are looked up through the person: what is not theirs is not found."""

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.contracts import queries
from app.contracts.rules import Role, SeenContract


async def provide_contract(viewer: NamedDependency[Viewer], number: FromPath[str]) -> SeenContract:
    """The contract in the address, for people with any role in it.

    Raises:
        NotFoundException: there is none, or not for this person.
    """
    contract = await queries.find_contract(viewer.id, number)
    if contract is None:
        raise NotFoundException
    return contract


async def provide_changeable_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str]
) -> SeenContract:
    """The contract in the address, for those who may change it now.

    Raises:
        NotFoundException: there is none, the person is not an owner, or it has ended.
    """
    contract = await provide_contract(viewer, number)
    if not contract.may_change:
        raise NotFoundException
    return contract


async def provide_owned_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str]
) -> SeenContract:
    """The contract in the address, for owners; ended, its history stays readable.

    Raises:
        NotFoundException: there is none, or the person is not an owner.
    """
    contract = await provide_contract(viewer, number)
    if contract.role is not Role.OWNER:
        raise NotFoundException
    return contract
