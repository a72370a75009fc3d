"""Activations are looked up within an environment of a contract that the person owns."""

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.activation import queries
from app.activation.format.strict_json import MAX_NUMBER
from app.activation.queries import SeenActivation
from app.environments.queries import SeenEnvironment


async def provide_activation(
    environment: NamedDependency[SeenEnvironment], seq: FromPath[int]
) -> SeenActivation:
    """Return the activation in the address.

    Raises:
        NotFoundException: the environment has none with this number.
    """
    found = await queries.find_activation(environment.id, seq) if seq <= MAX_NUMBER else None
    if found is None:
        raise NotFoundException
    return found
