"""What the staff confirm about the catalogue."""

from uuid import UUID

import asyncpg

from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed, Gone
from app.products import services
from app.products.catalogue_services import change_product
from app.products.rules import unit_name
from app.staff.access import require
from app.staff.rules import Permission
from app.web.i18n import gettext as _

PRODUCTS_URL = "/staff/products"
NAMES = ("code", "name_ja", "name_en", "unit", "version")


async def _state(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.CATALOGUE_CHANGE)
    product = payload["product"]
    return Statement(
        heading=_("Change this product?") if product else _("Create this product?"),
        facts=[
            (_("Product code"), payload["code"]),
            (_("Japanese name"), payload["name_ja"]),
            (_("English name"), payload["name_en"]),
            (_("Unit"), unit_name(payload["unit"])),
            (_("Version"), payload["version"]),
        ],
        back=f"{PRODUCTS_URL}/{product or 'new'}",
        notes=[_("The unit and the code are fixed once somebody has the product.")],
    )


async def _perform(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.CATALOGUE_CHANGE)
    values = {name: payload[name] for name in NAMES}
    try:
        if payload["product"]:
            await change_product(
                UUID(payload["product"]),
                **values,
                revision=payload["revision"],
                actor=context.viewer.id,
            )
        else:
            await services.create_product(**values, actor=context.viewer.id)
    except asyncpg.UniqueViolationError:
        raise Refused("code-taken") from None
    except asyncpg.CheckViolationError:
        raise Refused("unit-fixed") from None
    except (Changed, Gone):
        raise Refused("changed-meanwhile") from None
    return Done(PRODUCTS_URL, _("The product %(code)s was saved.", code=payload["code"]))


PRODUCT = Act("product", Loose, _state, _perform)
