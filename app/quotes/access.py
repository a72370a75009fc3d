"""Quotes are for a contract's owners; what is another person's is not found."""

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract
from app.quotes.queries import OpenedRequest, find_request
from app.quotes.rules import may_request


async def provide_quotable_contract(
    viewer: NamedDependency[Viewer], number: FromPath[str]
) -> SeenContract:
    """Return the contract in the address, for those who may ask for a quote now.

    Raises:
        NotFoundException: there is none, the person is not an owner, or it ended long ago.
    """
    contract = await provide_contract(viewer, number)
    if not may_request(contract):
        raise NotFoundException
    return contract


async def provide_request(
    viewer: NamedDependency[Viewer],
    contract: NamedDependency[SeenContract],
    reference: FromPath[str],
) -> OpenedRequest:
    """Return the quote request in the address.

    Raises:
        NotFoundException: there is none of this contract.
    """
    found = await find_request(contract, reference, viewer.id)
    if found is None:
        raise NotFoundException
    return found
