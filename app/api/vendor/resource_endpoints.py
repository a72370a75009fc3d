"""Files: uploaded as a stream, then published for products."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from app.api.access import VendorCaller
from app.api.calls import answered, provide_part, provide_vendor_call, read_body, takes
from app.api.documented_rules import CREATED, ISSUED, LISTED, READ
from app.api.form_rules import values_of
from app.api.list_rules import Part, page_of
from app.api.problem_rules import ApiProblem, Code
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.product_code_queries import ids_of
from app.api.vendor.resource_values import NewResource, OfferedResource, ResourceUpload
from app.resources.sbom_rules import MOST_SBOM_BYTES, SbomFault
from app.resources.upload_services import upload_file
from app.resources.values import ResourceValues
from app.staff.resources import acts, queries, sbom_acts
from app.staff.resources.queries import ListedResource, PublishedFile
from app.staff.resources.sbom_acts import SbomChange
from app.staff.rules import Permission
from app.storage import FileTooLarge, Storage
from app.web.i18n import N_
from app.web.lists.queries import list_rows

PATH = "/vendor/resources"
TAGS = ["vendor-resources"]
SEE = {"scope": Permission.CONSOLE_SEE}
BYTES = "application/octet-stream"
NAME = QueryParameter(min_length=1, max_length=200, description=N_("Name of the file."))


@post(
    "/vendor/resource-uploads",
    responses=CREATED,
    tags=TAGS,
    request_max_body_size=None,
    opt={"scope": Permission.RESOURCES_CHANGE, "takes": BYTES},
)
async def upload_resource(
    request: Request[Any, Any, Any],
    vendor: NamedDependency[VendorCaller],
    storage: NamedDependency[Storage],
    name: Annotated[str, NAME],
) -> ResourceUpload:
    """Upload a file. It takes no idempotency key: what is not published is deleted again."""
    try:
        id = await upload_file(
            storage, request.stream(), name=name, media_type=BYTES, actor=vendor.holder.id
        )
    except FileTooLarge:
        raise ApiProblem(Code.TOO_LARGE) from None
    found = await acts.provide_upload(id)
    return ResourceUpload(found.id, found.name, found.size, found.sha256, found.begun_at)


class ResourceCalls(Controller):
    """Published files."""

    path = PATH

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_offered_resources(self, part: NamedDependency[Part]) -> Page[OfferedResource]:
        """List the files, also those that were withdrawn, the newest first."""
        listed = await list_rows(queries.RESOURCES, part.wanted(queries.RESOURCES))
        return page_of(listed, lambda each: _resource(each, each.products or ""))

    @get("/{resource_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_offered_resource(self, resource_id: FromPath[UUID]) -> OfferedResource:
        """Read a published file."""
        found = await acts.provide_resource(resource_id)
        return _resource(found, found.codes)

    @post(
        responses=CREATED,
        dependencies={"call": Provide(provide_vendor_call)},
        tags=TAGS,
        opt=takes(NewResource, Permission.RESOURCES_CHANGE),
    )
    async def publish_resource(
        self, request: Request[Any, Any, Any], call: NamedDependency[Call]
    ) -> Response[OfferedResource]:
        """Publish an uploaded file for the customers of products."""
        body = await read_body(request, NewResource)
        products = await ids_of(body.products)
        said = {**msgspec.structs.asdict(body), "products": list(products)}
        values = values_of(ResourceValues, said, {"products": products})

        async def work() -> Answer:
            payload = acts.Publication(body.upload, values=values)
            done = await do(call, acts.PUBLICATION, payload)
            found = await acts.provide_resource(UUID(done.subject))
            headers = {"Location": f"/api/v1{PATH}/{found.id}"}
            return Answer.of(_resource(found, found.codes), 201, headers)

        return answered(await once(call, work))

    @put(
        "/{resource_id:uuid}/sbom",
        responses=ISSUED,
        dependencies={"call": Provide(provide_vendor_call)},
        tags=TAGS,
        request_max_body_size=MOST_SBOM_BYTES,
        opt={"scope": Permission.RESOURCES_CHANGE, "takes": BYTES},
    )
    async def attach_sbom(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        resource_id: FromPath[UUID],
    ) -> Response[OfferedResource]:
        """Attach an SBOM in JSON (CycloneDX or SPDX, at most 5 MiB), in place of an older one."""
        await acts.provide_resource(resource_id)
        content = await request.body()
        found = await sbom_acts.read_upload(content)
        if isinstance(found, SbomFault):
            raise ApiProblem(Code.MALFORMED, detail=sbom_acts.fault_message(found))

        async def work() -> Answer:
            await do(call, sbom_acts.ATTACHMENT, SbomChange(resource_id), content)
            found = await acts.provide_resource(resource_id)
            return Answer.of(_resource(found, found.codes))

        return answered(await once(call, work))


def _resource(each: ListedResource | PublishedFile, codes: str) -> OfferedResource:
    return OfferedResource(
        id=each.id,
        name=each.name,
        version=each.version,
        size=each.size,
        sha256=each.sha256,
        published_at=each.published_at,
        withdrawn_at=each.withdrawn_at,
        products=codes.split(", ") if codes else [],
        security_fix=each.security_fix,
        signed=each.signed_at is not None,
        sbom=each.sbom is not None,
    )
