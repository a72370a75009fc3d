"""What the vendor's calls take and give of contracted products."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.api.vendor.contract_values import FIRST_DAY, LAST_DAY
from app.api.vendor.key_values import ExternalIdOfRow, Key, NewExternalId, OutcomeOfCall, Reason
from app.products.amendment_values import LARGEST_QUANTITY
from app.web.i18n import N_

Quantity = Annotated[int, Meta(ge=1, le=LARGEST_QUANTITY)]
ContractNumber = Annotated[
    Key, Meta(description=N_("The contract's number. Cannot be changed later."))
]
ProductCode = Annotated[Key, Meta(description=N_("The product's code. Cannot be changed later."))]


class Entitlement(msgspec.Struct, frozen=True):
    """A contracted product."""

    id: UUID
    external_id: ExternalIdOfRow
    contract: Annotated[str, Meta(description=N_("The contract's number."))]
    product: Annotated[str, Meta(description=N_("The product's code."))]
    unit: str
    quantity: int
    in_use: Annotated[
        int, Meta(description=N_("How much is allocated or held by activation files."))
    ]
    starts_on: Annotated[date, FIRST_DAY]
    ends_on: Annotated[date, LAST_DAY]
    by_license_key: Annotated[bool, Meta(description=N_("Whether a license key added it."))]
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]
    outcome: OutcomeOfCall = UNSET


class EntitlementOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a caller says of a contracted product that it adds or amends, from today on."""

    contract: ContractNumber
    product: ProductCode
    quantity: Quantity
    starts_on: Annotated[
        date,
        Meta(
            description=N_(
                "First usable day. Days of an earlier entry that this one continues stay there."
            )
        ),
    ]
    ends_on: Annotated[date, LAST_DAY]
    reason: Reason = UNSET


class EntitlementAmendment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another quantity or term of a contracted product, with the reason."""

    quantity: Quantity
    starts_on: Annotated[date, FIRST_DAY]
    ends_on: Annotated[date, LAST_DAY]
    external_id: NewExternalId = UNSET
    reason: Reason = UNSET
    effective_on: Annotated[
        date | UnsetType,
        Meta(
            description=N_(
                "Today if left out. Another quantity on a later day is a new entry from then on,"
                " which takes the external ID along."
            )
        ),
    ] = UNSET
