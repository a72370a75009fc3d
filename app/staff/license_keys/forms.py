"""The form that issues license keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.staff.contracts.forms import LONGEST_NUMBER, read_term, typed
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData
from app.web.texts import normalised

LARGEST_QUANTITY = 1_000_000_000


@dataclass(frozen=True)
class KeyForm:
    """How many keys, of what, and perhaps for one contract only."""

    NAMES = ("product", "number", "quantity", "starts_on", "ends_on", "contract")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, products: Collection[str], most: int) -> "KeyForm":
        """Read what was sent.

        Args:
            products: ids of those that can be chosen.
            most: the largest batch.
        """
        fields = Fields(data)
        product = fields.choice("product", _("Product"), products)
        number = fields.whole_number("number", _("Number of keys"), minimum=1, maximum=most)
        quantity = fields.whole_number(
            "quantity", _("Quantity of each key"), minimum=1, maximum=LARGEST_QUANTITY
        )
        starts_on, ends_on = read_term(fields)
        payload = {
            "product": product,
            "number": number,
            "quantity": quantity,
            "starts_on": str(starts_on),
            "ends_on": str(ends_on),
            "contract": normalised(data.get("contract"))[:LONGEST_NUMBER],
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors)
