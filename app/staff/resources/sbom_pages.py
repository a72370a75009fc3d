"""SBOM of a published file: its components, and the forms that attach and remove it."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.resources.sbom_queries import COMPONENTS, list_components
from app.resources.sbom_rules import MOST_SBOM_BYTES, SbomFault, SbomFormat
from app.staff.resources import acts, sbom_acts
from app.staff.resources.pages import CHANGE, SEE, resource_page
from app.staff.resources.queries import PublishedFile
from app.staff.resources.sbom_acts import SbomChange
from app.staff.shell_pages import staff_page
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

# Room for the rest of the form.
MOST_READ = MOST_SBOM_BYTES + 64 * 1024


class Sboms(Controller):
    """The SBOM of one published file."""

    path = f"{acts.RESOURCES_URL}/{{resource_id:uuid}}/sbom"
    dependencies = {"resource": Provide(acts.provide_resource)}

    @get(guards=SEE)
    async def show(
        self, request: PageRequest, resource: NamedDependency[PublishedFile]
    ) -> Response[str]:
        """The components, as customers see them."""
        if resource.sbom is None:
            raise NotFoundException
        url = f"{acts.resource_url(resource.id)}/sbom"
        wanted = Wanted.read(url, query_form(request), COMPONENTS)
        return staff_page(
            request,
            "staff/resource_sbom.html",
            resource=resource,
            format=SbomFormat(resource.sbom_format or "").label,
            listed=await list_components(resource.sbom, wanted),
        )

    @post(guards=CHANGE, request_max_body_size=None)
    async def propose_attachment(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[PublishedFile],
    ) -> Response[Any]:
        """添付: checked, then on to the confirm step."""
        if resource.withdrawn_at is not None:
            return see_other(acts.resource_url(resource.id))
        upload = (await read_form(request, limit=MOST_READ)).uploads.get("sbom")
        if upload is None:
            return await resource_page(request, resource, {"sbom": _("Select a file.")})
        found = await sbom_acts.read_upload(upload.content)
        if isinstance(found, SbomFault):
            message = sbom_acts.fault_message(found)
            return await resource_page(request, resource, {"sbom": message})
        payload = SbomChange(resource.id)
        return see_other(await propose(viewer, sbom_acts.ATTACHMENT, payload, upload.content))

    @post("/removal", guards=CHANGE)
    async def propose_removal(
        self, viewer: NamedDependency[Viewer], resource: NamedDependency[PublishedFile]
    ) -> Response[Any]:
        """削除: on to the confirm step, or to the file where there is nothing to remove."""
        if resource.sbom is None or resource.withdrawn_at is not None:
            return see_other(acts.resource_url(resource.id))
        return see_other(await propose(viewer, sbom_acts.REMOVAL, SbomChange(resource.id)))
