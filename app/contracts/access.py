"""Contracts are looked up through the person: what is not theirs is not found."""

from types import MappingProxyType
from typing import Any, cast

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import Scope

from app.accounts.rules import Viewer
from app.accounts.viewer_access import READ_AHEAD_ROW, ReadAhead
from app.contracts import queries
from app.contracts.rules import Role, SeenContract


def _number_in(path: str) -> str:
    """Return the contract that an address names, if its pages ask for it by `provide_contract`."""
    parts = path.split("/", 5)
    if len(parts) < 3 or parts[1] != "contracts" or not parts[2].isascii():
        return ""
    # An environment is looked up together with its contract.
    of_environment = len(parts) > 4 and parts[3] == "environments" and parts[4] != "new"
    return "" if of_environment else parts[2]


NO_REQUEST = cast(Scope, MappingProxyType[str, Any]({}))
READ_AHEAD = ReadAhead(queries.AHEAD, _number_in)


async def provide_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str], scope: Scope = NO_REQUEST
) -> SeenContract:
    """Return the contract in the address, for people with any role in it.

    Args:
        viewer: who looks.
        number: the contract's number.
        scope: of a request for a page, whose session was found together with the contract. Acts
            leave it out, and read the contract in their own transaction.

    Raises:
        NotFoundException: there is none, or not for this person.
    """
    ahead = READ_AHEAD_ROW.read(scope)
    if ahead is not None and ahead[0] == number:
        contract = queries.contract_ahead(ahead[1])
    else:
        contract = await queries.find_contract(viewer.id, number)
    if contract is None:
        raise NotFoundException
    return contract


async def provide_changeable_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str], scope: Scope = NO_REQUEST
) -> SeenContract:
    """Return the contract in the address, for those who may change it now.

    Raises:
        NotFoundException: there is none, the person is not an owner, or it has ended.
    """
    contract = await provide_contract(viewer, number, scope)
    if not contract.may_change:
        raise NotFoundException
    return contract


async def provide_operable_contract(viewer: Viewer, number: str) -> SeenContract:
    """Return a contract for acts about its environments, for those who may operate it now.

    Raises:
        NotFoundException: there is none, the person or account may not, or it has ended.
    """
    contract = await provide_contract(viewer, number)
    if not contract.may_operate:
        raise NotFoundException
    return contract


async def provide_owned_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str], scope: Scope = NO_REQUEST
) -> SeenContract:
    """Return the contract in the address, for owners; ended, its history stays readable.

    Raises:
        NotFoundException: there is none, or the person is not an owner.
    """
    contract = await provide_contract(viewer, number, scope)
    if contract.role is not Role.OWNER:
        raise NotFoundException
    return contract
