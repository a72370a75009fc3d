"""What owners enter about quotes in fields that are always the same."""

from typing import Annotated
from uuid import UUID

from app.quotes.rules import LARGEST_QUANTITY
from app.web.choice_kinds import Thing
from app.web.i18n import N_
from app.web.kinds import Number
from app.web.values import Values


class AdditionValues(Values, frozen=True):
    """A line of an additional purchase; the product is None where none was chosen.

    Rules: at most 50 additions, each product once.
    """

    product: Annotated[UUID | None, Thing(label=N_("Product"))]
    quantity: Annotated[
        int,
        Number(
            label=N_("Quantity"),
            minimum=1,
            maximum=LARGEST_QUANTITY,
            hint=N_("In the unit shown after the product name."),
        ),
    ]
