"""A contract's history is for its owners, ended or not."""

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.contracts.access import provide_contract
from app.contracts.rules import Role, SeenContract


async def provide_owned_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str]
) -> SeenContract:
    """The contract in the address.

    Raises:
        NotFoundException: there is none, or the person is not an owner.
    """
    contract = await provide_contract(viewer, number)
    if contract.role is not Role.OWNER:
        raise NotFoundException
    return contract
