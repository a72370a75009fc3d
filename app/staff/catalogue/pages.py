"""The product catalogue: the list, and the form of an entry."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Record
from app.products.rules import unit_name
from app.staff.access import permitted
from app.staff.catalogue import acts, queries
from app.staff.catalogue.forms import UNITS, ProductForm
from app.staff.list_forms import ListForm
from app.staff.rules import Permission
from app.staff.shell_pages import kept, problem_of, staff_page
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

CHANGE = [permitted(Permission.CATALOGUE_CHANGE)]


@get(acts.PRODUCTS_URL, guards=[permitted(Permission.CONSOLE_SEE)])
async def list_products(request: PageRequest) -> Response[str]:
    """製品: by code and name."""
    form = ListForm.read(acts.PRODUCTS_URL, query_form(request), queries.PRODUCTS.orders)
    listed = await queries.list_products(form.search, order=form.order, after=form.after)
    return staff_page(request, "staff/products.html", list=form, listed=listed)


class ProductCreation(Controller):
    """A new product."""

    path = f"{acts.PRODUCTS_URL}/new"
    guards = CHANGE

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        empty = dict.fromkeys(acts.NAMES, "") | {"unit": "users"}
        typed, errors = await kept(request, viewer, acts.PRODUCT, empty, product="")
        return _form(request, {**typed, "revision": ""}, errors)

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """登録: on to the confirm step."""
        return await _propose(request, viewer, None)


class Products(Controller):
    """Changing a product."""

    path = f"{acts.PRODUCTS_URL}/{{id:uuid}}"
    guards = CHANGE

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        product = await _find(id)
        now = {name: product[name] for name in acts.NAMES}
        typed, errors = await kept(request, viewer, acts.PRODUCT, now, product=str(id))
        return _form(request, {**typed, "revision": product["revision"]}, errors, product)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        return await _propose(request, viewer, await _find(id))


async def _find(id: UUID) -> Record:
    product = await queries.find_product(id)
    if product is None:
        raise NotFoundException
    return product


def _problems(form: ProductForm, product: Record | None) -> Mapping[str, str]:
    if product is None or not product["used"]:
        return {}
    fixed = (product["code"], product["unit"]) == (form.payload["code"], form.payload["unit"])
    return {} if fixed else problem_of({"problem": "unit-fixed"})


async def _propose(request: PageRequest, viewer: Viewer, product: Record | None) -> Response[Any]:
    form = ProductForm.read(await read_form(request))
    id = product["id"] if product else None
    if not form.errors:
        form.errors.update(_problems(form, product))
        if await queries.code_taken(form.payload["code"], id):
            form.errors.update(problem_of({"problem": "code-taken"}))
    if form.errors:
        return _form(request, form.typed, form.errors, product)
    payload = {**form.payload, "product": str(id or "")}
    return see_other(await propose(viewer, acts.PRODUCT, payload))


def _form(
    request: PageRequest,
    typed: Mapping[str, Any],
    errors: dict[str, str],
    product: Record | None = None,
) -> Response[str]:
    return staff_page(
        request,
        "staff/product.html",
        product=product,
        units=[(unit, unit_name(unit)) for unit in UNITS],
        typed=typed,
        errors=errors,
    )
