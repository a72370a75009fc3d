"""What the vendor's calls take of companies, and corporate groups."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.api.vendor.key_values import Key, NewExternalId
from app.web.i18n import N_


class CompanyFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says of a company."""

    name: str
    reading: Annotated[str, Meta(description=N_("The name as it is read, in kana."))]
    group: Annotated[
        Key | UnsetType | None,
        Meta(
            description=N_(
                "The name of its corporate group; null for none. If you leave it out, it stays as"
                " it is."
            )
        ),
    ] = UNSET


class CompanyChange(CompanyFacts, frozen=True, forbid_unknown_fields=True):
    """Other facts of a company, also its external ID."""

    external_id: NewExternalId = UNSET


class CorporateGroup(msgspec.Struct, frozen=True):
    """Companies that may use each other's contracts."""

    id: UUID
    name: str
    companies: Annotated[int, Meta(description=N_("How many companies it has."))]
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]


class GroupFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says of a corporate group."""

    name: str
