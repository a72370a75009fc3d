"""What the vendor's calls take and give of contracts."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.api.vendor.key_values import (
    ExternalIdOfRow,
    NewExternalId,
    OutcomeOfCall,
    Reason,
    Reference,
    Related,
)
from app.contracts.rules import Status
from app.web.i18n import N_

FIRST_DAY = Meta(description=N_("First usable day."))
LAST_DAY = Meta(description=N_("Last usable day."))
FILES = N_("How many emergency files each environment may have, from 0 to 5.")
FILES_OF_NEW = N_(
    "How many emergency files each environment may have, from 0 to 5; 2 for a new contract if left"
    " out."
)
EFFECTIVE = Meta(description=N_("The day that the change history names; today if left out."))


class SoldContract(msgspec.Struct, frozen=True):
    """A contract, as the vendor sees it."""

    id: UUID
    external_id: ExternalIdOfRow
    number: str
    name: str
    company: Related
    license_type: str
    status: Status
    starts_on: Annotated[date, FIRST_DAY]
    ends_on: Annotated[date, LAST_DAY]
    time_zone: str
    sales_name: str
    sales_email: str
    sales_phone: str
    emergency_files: Annotated[int, Meta(description=FILES)]
    has_owner: Annotated[
        bool, Meta(description=N_("Whether it has an owner with an active account."))
    ]
    owner_invited: Annotated[bool, Meta(description=N_("Whether an owner was invited."))]
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]
    outcome: OutcomeOfCall = UNSET


class ContractFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a caller says of a contract that it creates or amends."""

    number: Annotated[str, Meta(description=N_("Cannot be changed later."))]
    company: Annotated[Reference, Meta(description=N_("Cannot be changed later."))]
    name: str
    starts_on: Annotated[date, FIRST_DAY]
    ends_on: Annotated[date, LAST_DAY]
    sales_name: str
    sales_email: str
    sales_phone: str
    license_type: Annotated[
        str | UnsetType,
        Meta(
            description=N_("“term” or “subscription”; “term” if left out. Cannot be changed later.")
        ),
    ] = UNSET
    time_zone: Annotated[
        str | UnsetType,
        Meta(description=N_("IANA name; “Asia/Tokyo” if left out. Cannot be changed later.")),
    ] = UNSET
    emergency_files: Annotated[int | UnsetType, Meta(description=FILES_OF_NEW)] = UNSET
    reason: Reason = UNSET


class ContractAmendment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Other facts of a contract, with the reason."""

    name: str
    starts_on: Annotated[date, FIRST_DAY]
    ends_on: Annotated[date, LAST_DAY]
    sales_name: str
    sales_email: str
    sales_phone: str
    emergency_files: Annotated[int | UnsetType, Meta(description=FILES)] = UNSET
    external_id: NewExternalId = UNSET
    reason: Reason = UNSET
    effective_on: Annotated[date | UnsetType, EFFECTIVE] = UNSET


class ContractRenewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A later last day of a contract, and of the products that end with it."""

    ends_on: Annotated[date, LAST_DAY]
    reason: str
    effective_on: Annotated[
        date | UnsetType,
        Meta(description=N_("The day that the change history names; the last day if left out.")),
    ] = UNSET
