"""What the staff enter to issue license keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from app.contracts.contract_values import EndsOn, StartsOn
from app.products.amendment_values import LARGEST_QUANTITY, Product
from app.products.license_key_services import LARGEST_BATCH
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.kinds import Code, Number
from app.web.texts import normalised
from app.web.values import Values


@dataclass(frozen=True, kw_only=True)
class OneContract(Code):
    """The number of a contract that is there, or nothing."""

    required: bool = False

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a number; a longer one names no contract either way."""
        return normalised(fields.data.get(name))[: self.maximum]


class IssueValues(Values, frozen=True):
    """How many keys, of what, and perhaps for one contract only.

    Rules: last day not before the first; the contract is there
    """

    product: Product
    number: Annotated[
        int, Number(label=N_("Number of license keys"), minimum=1, maximum=LARGEST_BATCH)
    ]
    quantity: Annotated[
        int, Number(label=N_("Quantity per license key"), minimum=1, maximum=LARGEST_QUANTITY)
    ]
    starts_on: StartsOn
    ends_on: EndsOn
    contract: Annotated[
        str,
        OneContract(
            label=N_("Restricted to contract"),
            maximum=40,
            hint=N_("Contract number. If left empty, any contract can redeem the license keys."),
        ),
    ]
