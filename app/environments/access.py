"""Environments are looked up within a contract that the person sees."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.contracts.rules import SeenContract
from app.environments import queries
from app.environments.queries import SeenEnvironment


async def provide_environment(
    contract: NamedDependency[SeenContract], environment_id: FromPath[UUID]
) -> SeenEnvironment:
    """The running environment in the address.

    Raises:
        NotFoundException: it is not one of the contract, or it is retired.
    """
    environment = await queries.find_environment(contract, environment_id)
    if environment is None:
        raise NotFoundException
    return environment


async def provide_past_environment(
    contract: NamedDependency[SeenContract], environment_id: FromPath[UUID]
) -> SeenEnvironment:
    """The environment in the address, retired or not: its history stays readable.

    Raises:
        NotFoundException: it is not one of the contract.
    """
    environment = await queries.find_environment(contract, environment_id, retired=True)
    if environment is None:
        raise NotFoundException
    return environment
