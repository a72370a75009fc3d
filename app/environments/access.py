"""Environments are looked up together with their contract, through the person."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.contracts.rules import Role, SeenContract
from app.environments import queries
from app.environments.queries import Place, SeenEnvironment


async def provide_place(
    viewer: NamedDependency[Viewer], number: FromPath[str], environment_id: FromPath[UUID]
) -> Place:
    """The contract and the environment in the address, in one look-up.

    Raises:
        NotFoundException: there is none, or not for this person.
    """
    place = await queries.find_place(viewer.id, number, environment_id)
    if place is None:
        raise NotFoundException
    return place


async def provide_changeable_place(
    viewer: NamedDependency[Viewer], number: FromPath[str], environment_id: FromPath[UUID]
) -> Place:
    """The place in the address, for those who may change it now.

    Raises:
        NotFoundException: there is none, the person or account may not operate the contract, or
            the environment is retired.
    """
    place = await provide_place(viewer, number, environment_id)
    if not place.contract.may_operate or place.environment.retired_at is not None:
        raise NotFoundException
    return place


async def provide_owned_place(
    viewer: NamedDependency[Viewer], number: FromPath[str], environment_id: FromPath[UUID]
) -> Place:
    """The place in the address, for owners; ended or retired, its history stays readable.

    Raises:
        NotFoundException: there is none, or the person is not an owner.
    """
    place = await provide_place(viewer, number, environment_id)
    if place.contract.role is not Role.OWNER:
        raise NotFoundException
    return place


def place_dependencies(provide: Callable[..., Awaitable[Place]]) -> dict[str, Provide]:
    """What handlers below an environment's address ask for: `contract` and `environment`.

    Args:
        provide: one of the providers above.
    """

    def contract(place: NamedDependency[Place]) -> SeenContract:
        return place.contract

    def environment(place: NamedDependency[Place]) -> SeenEnvironment:
        return place.environment

    return {
        "place": Provide(provide),
        "contract": Provide(contract, sync_to_thread=False),
        "environment": Provide(environment, sync_to_thread=False),
    }
