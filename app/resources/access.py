"""A resource is looked up through the contract that a person has a role in."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.contracts.rules import SeenContract
from app.resources import queries
from app.resources.queries import SeenResource


async def provide_resource(
    contract: NamedDependency[SeenContract], resource_id: FromPath[UUID]
) -> SeenResource:
    """The resource in the address, as long as the contract entitles to one of its products.

    Raises:
        NotFoundException: there is none, it was withdrawn, or the entitlement has ended.
    """
    resource = await queries.find_resource(contract, resource_id)
    if resource is None:
        raise NotFoundException
    return resource
