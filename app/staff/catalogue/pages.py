"""The product catalogue: the list, and the form of an entry."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.confirmations.form_pages import NEW
from app.products.catalogue_values import ProductValues
from app.staff.access import permitted
from app.staff.catalogue import acts, queries
from app.staff.catalogue.queries import SeenProduct
from app.staff.external_id_acts import EXTERNAL_ID_TAKEN
from app.staff.external_id_queries import external_id_taken
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, staff_page
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, query_form
from app.web.values import Choices, SentForm, prefilled


@get(acts.PRODUCTS_URL, guards=[permitted(Permission.CONSOLE_SEE)])
async def list_products(request: PageRequest) -> Response[str]:
    """製品: by code and name."""
    wanted = Wanted.read(acts.PRODUCTS_URL, query_form(request), queries.PRODUCTS)
    listed = await list_rows(queries.PRODUCTS, wanted)
    return staff_page(request, "staff/products.html", listed=listed)


async def provide_product(id: FromPath[UUID]) -> SeenProduct:
    """Return the product in the address.

    Raises:
        NotFoundException: there is none.
    """
    product = await queries.find_product(id)
    if product is None:
        raise NotFoundException
    return product


class ProductCreation(StaffForms[SeenProduct | None, ProductValues, acts.ProductEntry]):
    """A new product."""

    path = f"{acts.PRODUCTS_URL}/new"
    guards = [permitted(Permission.CATALOGUE_CHANGE)]
    dependencies = NEW
    act = acts.PRODUCT
    values = ProductValues
    template = "staff/product.html"

    def now(self, subject: SeenProduct | None) -> ProductValues:
        """Show the product; a new one counts users until the person chooses."""
        return super().now(subject) or prefilled(ProductValues, unit="users")

    async def choices(self, subject: SeenProduct | None) -> Choices:
        """Offer the units."""
        return acts.choices()

    def entry(
        self, subject: SeenProduct | None, values: ProductValues, revision: int
    ) -> acts.ProductEntry:
        """Propose a product of these facts."""
        return acts.ProductEntry(subject.id if subject else None, values=values, revision=revision)

    async def check(self, subject: SeenProduct | None, form: SentForm[ProductValues]) -> None:
        """Report at once that the code or external id is taken, or the code and unit fixed."""
        if form.errors:
            return
        sent = form.values
        if subject and subject.used and (subject.code, subject.unit) != (sent.code, sent.unit):
            self.refuse(form, "unit-fixed")
        own = subject.id if subject else None
        if await queries.code_taken(sent.code, own):
            self.refuse(form, "code-taken")
        if await external_id_taken("product", sent.external_id, own):
            self.refuse(form, EXTERNAL_ID_TAKEN)

    async def context(self, subject: SeenProduct | None) -> dict[str, Any]:
        """Give the page the product."""
        return {"product": subject}


class Products(ProductCreation):
    """Changing a product."""

    path = f"{acts.PRODUCTS_URL}/{{id:uuid}}"
    dependencies = {"subject": Provide(provide_product)}
