"""What the staff confirm about the catalogue."""

from uuid import UUID

import asyncpg

from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Statement
from app.products import services
from app.products.catalogue_services import change_product
from app.products.catalogue_values import ProductValues
from app.products.rules import UNITS, product_name, unit_name
from app.staff.access import requires
from app.staff.catalogue.queries import list_catalogue
from app.staff.external_id_acts import external_id_refusal
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.values import Choices, builtins, facts

PRODUCTS_URL = "/staff/products"


class ProductEntry(Entry[ProductValues], frozen=True):
    """A product; None for a new one."""

    product: UUID | None


def choices() -> Choices:
    """Return what the fields of a product offer."""
    return {"unit": {unit: unit_name(unit) for unit in UNITS}}


async def offered_products() -> dict[str, str]:
    """Return what a form that asks for a product offers: the whole catalogue."""
    return {
        str(each.id): f"{each.code} {product_name(each)} ({unit_name(each.unit)})"
        for each in await list_catalogue()
    }


async def _state(_context: Context, payload: ProductEntry) -> Statement:
    product = payload.product
    return Statement(
        heading=_("Change this product?") if product else _("Create this product?"),
        facts=facts(payload.values, choices()),
        back=f"{PRODUCTS_URL}/{product or 'new'}",
        notes=[_("This product is in use, so its unit and code cannot be changed.")],
    )


async def _perform(context: Context, payload: ProductEntry) -> Done:
    values, actor = payload.values, context.viewer.id
    if payload.product is None:
        await services.create_product(**builtins(values), actor=actor)
    else:
        await change_product(payload.product, values=values, revision=payload.revision, actor=actor)
    return Done(PRODUCTS_URL, _("The product %(code)s was saved.", code=values.code))


REFUSALS = {
    **external_id_refusal("product"),
    "code-taken": Refusal(
        "code",
        N_("This code is already in use. Enter a different code."),
        asyncpg.UniqueViolationError,
    ),
    "unit-fixed": Refusal(
        "unit",
        N_("This product is in use, so its unit and code cannot be changed."),
        asyncpg.CheckViolationError,
    ),
}
PRODUCT = Act(
    "product",
    ProductEntry,
    _state,
    _perform,
    REFUSALS,
    may=requires(Permission.CATALOGUE_CHANGE),
)
