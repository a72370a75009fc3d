"""Files to download for the contract's products."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.api.access import Caller
from app.api.calls import JOSE, JSON, provide_part
from app.api.documented_rules import FETCHED, LISTED
from app.api.list_rules import Part, page_of
from app.api.values import Page, Resource
from app.resources import queries
from app.resources.access import provide_manifest, provide_sbom, provide_sbom_content
from app.resources.download_services import note_download
from app.resources.queries import ListedProduct, ListedResource, SeenResource
from app.resources.rules import last_day, sbom_name, signature_name
from app.settings import Settings
from app.storage import Storage
from app.web.downloads import Download, file_answer, selection, send_file

BYTES = "application/octet-stream"


class ResourceCalls(Controller):
    """The resources that the contract may have today."""

    path = "/resources"

    @get(
        responses=LISTED,
        dependencies={"part": Provide(provide_part)},
        tags=["resources"],
    )
    async def list_resources(
        self,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        part: NamedDependency[Part],
    ) -> Page[Resource]:
        """List the files for the contract's products, the newest first."""
        products = await queries.offered_products(caller.contract, settings.security_fix_months)
        known = {each.id: each for each in products}
        listed = await queries.list_resources(products, part.wanted(queries.RESOURCES, product=""))
        return page_of(listed, lambda each: _resource(each, known))

    @get(
        "/{resource_id:uuid}/file",
        responses=FETCHED,
        media_type=BYTES,
        tags=["resources"],
        opt={"gives": "*/*", "ranges": True},
    )
    async def download_resource(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        storage: NamedDependency[Storage],
        resource_id: FromPath[UUID],
    ) -> Response[Any]:
        """Download a file, or with Range the part that is missing."""
        found = await _found(caller, settings, resource_id)
        file = Download(
            key=found.storage_key,
            name=found.name,
            media_type=found.media_type,
            size=found.size,
            sha256=found.sha256,
            modified_at=found.published_at,
        )
        selected = selection(request, file)
        answer = await send_file(request, storage, file, selected)
        if selected.gives:
            await note_download(caller.contract, found.id, caller.holder.id, begins=selected.begins)
        return answer

    @get(
        "/{resource_id:uuid}/signature",
        responses=FETCHED,
        media_type=JOSE,
        tags=["resources"],
        opt={"gives": JOSE},
    )
    async def download_signature(
        self,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        resource_id: FromPath[UUID],
    ) -> Response[str]:
        """Download the signed manifest of a file, which proves its origin offline."""
        found = await _found(caller, settings, resource_id)
        return file_answer(signature_name(found.name), await provide_manifest(found), JOSE)

    @get(
        "/{resource_id:uuid}/sbom",
        responses=FETCHED,
        tags=["resources"],
        opt={"gives": JSON},
    )
    async def download_sbom(
        self,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        resource_id: FromPath[UUID],
    ) -> Response[bytes]:
        """Download the bill of materials of a file: CycloneDX or SPDX."""
        sbom = provide_sbom(await _found(caller, settings, resource_id))
        name = sbom_name(sbom.resource.name, sbom.format)
        return file_answer(name, await provide_sbom_content(sbom), JSON)


async def _found(caller: Caller, settings: Settings, id: UUID) -> SeenResource:
    found = await queries.find_resource(caller.contract, id, settings.security_fix_months)
    if found is None:
        raise NotFoundException
    return found


def _resource(each: ListedResource, known: Mapping[UUID, ListedProduct]) -> Resource:
    own = [known[product] for product in each.products if product in known]
    path = f"/api/v1/resources/{each.id}"
    return Resource(
        id=each.id,
        name=each.name,
        version=each.version,
        size=each.size,
        sha256=each.sha256,
        published_at=each.published_at,
        products=sorted(product.code for product in own),
        security_fix=each.security_fix,
        available_until=last_day((product.running, product.fixes_until) for product in own),
        signature_url=f"{path}/signature" if each.signed else None,
        sbom_url=f"{path}/sbom" if each.sbom else None,
    )
