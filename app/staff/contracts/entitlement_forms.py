"""The form of a contracted product."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.staff.contracts.forms import read_reason, read_term, typed
from app.staff.list_forms import read_revision
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData

LARGEST_QUANTITY = 1_000_000_000


@dataclass(frozen=True)
class EntitlementForm:
    """Product, quantity and term, with the reason."""

    NAMES = (
        *("product", "quantity", "starts_on", "ends_on"),
        *("reason", "effective_on", "revision"),
    )

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(
        cls, data: FormData, products: Collection[str], *, fixed: str = ""
    ) -> "EntitlementForm":
        """Read what was sent.

        Args:
            products: ids of those that can be chosen.
            fixed: id of the product where it is one already.
        """
        fields = Fields(data)
        product = fixed or fields.choice("product", _("Product"), products)
        quantity = fields.whole_number(
            "quantity", _("Quantity"), minimum=1, maximum=LARGEST_QUANTITY
        )
        starts_on, ends_on = read_term(fields)
        payload = {
            "product": product,
            "quantity": quantity,
            "starts_on": str(starts_on),
            "ends_on": str(ends_on),
            **read_reason(fields),
            "revision": read_revision(data),
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors)
