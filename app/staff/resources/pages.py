"""リソース: the list with what waits to be published, one file, its products, its withdrawal."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.resources.sbom_rules import SbomFormat
from app.resources.values import ProductsValues, WithdrawalValues
from app.staff.access import permitted
from app.staff.catalogue import queries as catalogue
from app.staff.notices.acts import product_choices
from app.staff.resources import acts, queries, sbom_acts
from app.staff.resources.queries import PublishedFile
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other
from app.web.values import Choices, read_values

SEE = [permitted(Permission.CONSOLE_SEE)]
CHANGE = [permitted(Permission.RESOURCES_CHANGE)]


@get(acts.RESOURCES_URL, guards=SEE)
async def list_resources(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Files by name, version and SHA-256, and uploads that wait."""
    wanted = Wanted.read(acts.RESOURCES_URL, query_form(request), queries.RESOURCES)
    listed = await list_rows(queries.RESOURCES, wanted)
    return staff_page(
        request,
        "staff/resources.html",
        listed=listed,
        uploads=await queries.list_uploads(),
        errors=await draft_errors(request, viewer, lambda _: True, acts.PUBLICATION),
    )


async def resource_page(
    request: PageRequest, resource: PublishedFile, errors: dict[str, str]
) -> Response[str]:
    """Answer with the page of one published file."""
    return staff_page(
        request,
        "staff/resource.html",
        resource=resource,
        format=SbomFormat(resource.sbom_format).label if resource.sbom_format else "",
        products=await catalogue.list_catalogue(),
        errors=errors,
    )


class Resources(Controller):
    """One published file."""

    path = f"{acts.RESOURCES_URL}/{{resource_id:uuid}}"
    dependencies = {"resource": Provide(acts.provide_resource)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[PublishedFile],
    ) -> Response[str]:
        """What it is, and for whom."""
        shown = acts.PRODUCTS, acts.WITHDRAWAL, sbom_acts.ATTACHMENT
        errors = await draft_errors(request, viewer, lambda p: p.resource == resource.id, *shown)
        return await resource_page(request, resource, errors)

    @post("/withdrawal", guards=CHANGE)
    async def propose_withdrawal(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[PublishedFile],
    ) -> Response[Any]:
        """取り下げ: on to the confirm step, or to the file where it was withdrawn already."""
        if resource.withdrawn_at is not None:
            return see_other(acts.resource_url(resource.id))
        form = read_values(WithdrawalValues, await read_form(request), {})
        payload = acts.Withdrawal(resource.id, values=form.values, revision=form.revision)
        return see_other(await propose(viewer, acts.WITHDRAWAL, payload))


class ResourceProducts(StaffForms[PublishedFile, ProductsValues, acts.ProductsChange]):
    """The products that a published file belongs to."""

    path = f"{acts.RESOURCES_URL}/{{resource_id:uuid}}/products"
    guards = CHANGE
    dependencies = {"subject": Provide(acts.provide_resource)}
    act = acts.PRODUCTS
    values = ProductsValues
    template = "staff/resource_products.html"

    def elsewhere(self, subject: PublishedFile) -> str:
        """Lead to the file where it was withdrawn."""
        return acts.resource_url(subject.id) if subject.withdrawn_at else ""

    async def choices(self, subject: PublishedFile) -> Choices:
        """Offer the catalogue."""
        return await product_choices()

    def entry(
        self, subject: PublishedFile, values: ProductsValues, revision: int
    ) -> acts.ProductsChange:
        """Propose these products."""
        return acts.ProductsChange(subject.id, values=values, revision=revision)

    async def context(self, subject: PublishedFile) -> dict[str, Any]:
        """Give the page the file, and the names of all products."""
        return {"resource": subject, "products": await catalogue.list_catalogue()}
