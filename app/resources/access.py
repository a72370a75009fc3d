"""A resource, and what belongs to it, is looked up through the contract of the person."""

from dataclasses import dataclass
from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.contracts.rules import SeenContract
from app.resources import manifest_queries, queries, sbom_queries
from app.resources.queries import SeenResource
from app.resources.sbom_rules import SbomFormat
from app.settings import Settings


async def provide_resource(
    contract: NamedDependency[SeenContract],
    settings: NamedDependency[Settings],
    resource_id: FromPath[UUID],
) -> SeenResource:
    """The resource in the address, as long as the contract entitles to one of its products.

    Raises:
        NotFoundException: there is none, it was withdrawn, or the entitlement has ended: for a
            security fix, longer ago than the settings say.
    """
    resource = await queries.find_resource(contract, resource_id, settings.security_fix_months)
    if resource is None:
        raise NotFoundException
    return resource


async def provide_manifest(resource: SeenResource) -> str:
    """The signed manifest of a resource that was looked up, as a file.

    Raises:
        NotFoundException: it is not signed yet.
    """
    text = await manifest_queries.find_manifest(resource.id)
    if text is None:
        raise NotFoundException
    return f"{text}\n"


@dataclass(frozen=True)
class SeenSbom:
    """The bill of materials of a resource that was looked up."""

    id: UUID
    format: SbomFormat
    version: str
    resource: SeenResource


def provide_sbom(resource: NamedDependency[SeenResource]) -> SeenSbom:
    """The bill of materials of the resource in the address.

    Raises:
        NotFoundException: it has none.
    """
    if resource.sbom is None or resource.sbom_format is None:
        raise NotFoundException
    format = SbomFormat(resource.sbom_format)
    return SeenSbom(resource.sbom, format, resource.sbom_version or "", resource)


async def provide_sbom_content(sbom: SeenSbom) -> bytes:
    """The file of a bill of materials that was looked up.

    Raises:
        NotFoundException: it was replaced or removed a moment ago.
    """
    content = await sbom_queries.find_sbom_content(sbom.id)
    if content is None:
        raise NotFoundException
    return content
