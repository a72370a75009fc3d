"""What the vendor's calls take and give of the catalogue."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta

from app.api.vendor.key_values import ExternalIdOfRow, NewExternalId, OutcomeOfCall
from app.web.i18n import N_


class CatalogueProduct(msgspec.Struct, frozen=True):
    """A product of the catalogue."""

    id: UUID
    external_id: ExternalIdOfRow
    code: str
    name_ja: str
    name_en: str
    unit: str
    version: str
    used: Annotated[
        bool, Meta(description=N_("Whether it was sold, so that code and unit are fixed."))
    ]
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]
    outcome: OutcomeOfCall = UNSET


class ProductFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says of a product."""

    code: str
    name_ja: str
    name_en: str
    unit: Annotated[str, Meta(description=N_("“users”, “servers” or “cores”."))]
    version: str


class ProductChange(ProductFacts, frozen=True, forbid_unknown_fields=True):
    """Other facts of a product, also its external ID."""

    external_id: NewExternalId = UNSET
