"""Files to download for the contract's products."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.api.access import Caller
from app.api.calls import provide_part
from app.api.documented_rules import FETCHED, LISTED
from app.api.list_rules import Part, page_of
from app.api.values import Page, Resource
from app.resources import queries
from app.resources.download_services import note_download
from app.resources.queries import ListedResource
from app.storage import Storage
from app.web.downloads import Download, selection, send_file

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
        self, caller: NamedDependency[Caller], part: NamedDependency[Part]
    ) -> Page[Resource]:
        """List the files for the contract's products, the newest first."""
        products = await queries.offered_products(caller.contract)
        codes = {each.id: each.code for each in products}
        listed = await queries.list_resources(products, part.wanted(queries.RESOURCES, product=""))
        return page_of(listed, lambda each: _resource(each, codes))

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
        storage: NamedDependency[Storage],
        resource_id: FromPath[UUID],
    ) -> Response[Any]:
        """Download a file, or with Range the part that is missing."""
        found = await queries.find_resource(caller.contract, resource_id)
        if found is None:
            raise NotFoundException
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


def _resource(each: ListedResource, codes: dict[UUID, str]) -> Resource:
    return Resource(
        id=each.id,
        name=each.name,
        version=each.version,
        size=each.size,
        sha256=each.sha256,
        published_at=each.published_at,
        products=sorted(codes[product] for product in each.products if product in codes),
    )
