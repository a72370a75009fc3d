"""リソース: the list with what waits to be published, one file, its products, its withdrawal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.staff.access import permitted
from app.staff.catalogue import queries as catalogue
from app.staff.list_forms import ListForm, read_revision
from app.staff.resources import acts, queries
from app.staff.resources.forms import ProductsForm
from app.staff.rules import Permission
from app.staff.shell_pages import kept, staff_page
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONSOLE_SEE)]
CHANGE = [permitted(Permission.RESOURCES_CHANGE)]
Resource = dict[str, Any]


async def provide_resource(resource_id: FromPath[UUID]) -> Resource:
    """The resource in the address.

    Raises:
        NotFoundException: there is none.
    """
    resource = await queries.find_resource(resource_id)
    if resource is None:
        raise NotFoundException
    return resource


@get(acts.RESOURCES_URL, guards=SEE)
async def list_resources(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """Files by name, version and SHA-256, and uploads that wait."""
    form = ListForm.read(
        acts.RESOURCES_URL, query_form(request), queries.RESOURCES.orders, {"state": queries.STATES}
    )
    _typed, errors = await kept(request, viewer, acts.PUBLICATION, {})
    listed = await queries.list_resources(
        form.search, state=form.chosen["state"], order=form.order, after=form.after
    )
    return staff_page(
        request,
        "staff/resources.html",
        list=form,
        listed=listed,
        uploads=await queries.list_uploads(),
        errors=errors,
    )


class Resources(Controller):
    """One published file."""

    path = f"{acts.RESOURCES_URL}/{{resource_id:uuid}}"
    dependencies = {"resource": Provide(provide_resource)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[Resource],
    ) -> Response[str]:
        """What it is, and for whom."""
        errors: dict[str, str] = {}
        for act in (acts.PRODUCTS, acts.WITHDRAWAL):
            _typed, found = await kept(request, viewer, act, {}, resource=str(resource["id"]))
            errors |= found
        return staff_page(request, "staff/resource.html", resource=resource, errors=errors)

    @get("/products", guards=CHANGE)
    async def show_products(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[Resource],
    ) -> Response[Any]:
        """The products that it belongs to, or those that were chosen before."""
        if resource["withdrawn_at"] is not None:
            return see_other(_url(resource))
        now = {"products": [product["id"] for product in resource["products"]]}
        id = str(resource["id"])
        typed, errors = await kept(request, viewer, acts.PRODUCTS, now, resource=id)
        typed["revision"] = resource["revision"]
        return await _products(request, resource, typed, errors)

    @post("/products", guards=CHANGE)
    async def propose_products(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[Resource],
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        if resource["withdrawn_at"] is not None:
            return see_other(_url(resource))
        offered = {str(product["id"]) for product in await catalogue.choices()}
        form = ProductsForm.read(await read_form(request), offered)
        if form.errors:
            return await _products(request, resource, form.typed, form.errors)
        payload = {**form.payload, "resource": str(resource["id"])}
        return see_other(await propose(viewer, acts.PRODUCTS, payload))

    @post("/withdrawal", guards=CHANGE)
    async def propose_withdrawal(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        resource: NamedDependency[Resource],
    ) -> Response[Any]:
        """取り下げ: on to the confirm step, or to the file where it was withdrawn already."""
        if resource["withdrawn_at"] is not None:
            return see_other(_url(resource))
        data = await read_form(request)
        payload = {
            "resource": str(resource["id"]),
            "keep_file": bool(data.get("keep_file")),
            "revision": read_revision(data),
        }
        return see_other(await propose(viewer, acts.WITHDRAWAL, payload))


def _url(resource: Resource) -> str:
    return f"{acts.RESOURCES_URL}/{resource['id']}"


async def _products(
    request: PageRequest, resource: Resource, typed: Mapping[str, Any], errors: dict[str, str]
) -> Response[str]:
    return staff_page(
        request,
        "staff/resource_products.html",
        resource=resource,
        products=await catalogue.choices(),
        typed=typed,
        errors=errors,
    )
