"""License keys and batches of them, as JSON."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.products.amendment_values import LARGEST_QUANTITY
from app.products.license_key_services import LARGEST_BATCH
from app.web.i18n import N_


class LicenseKeyState(StrEnum):
    """What became of a license key."""

    FREE = "free"
    REDEEMED = "redeemed"
    REVOKED = "revoked"
    ENDED = "ended"


class LicenseKey(msgspec.Struct, frozen=True):
    """A license key, without most of its characters."""

    id: UUID
    masked: Annotated[str, Meta(description=N_("Its first and its last group."))]
    product: str
    quantity: int
    starts_on: date
    ends_on: date
    state: LicenseKeyState
    issued_at: datetime
    redeemed_by: Annotated[str | None, Meta(description=N_("Number of the contract."))]
    revoked_at: datetime | None


class NewLicenseKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """License keys to issue."""

    product: Annotated[str, Meta(max_length=100, description=N_("Code of the product."))]
    number: Annotated[int, Meta(ge=1, le=LARGEST_BATCH, description=N_("How many keys."))]
    quantity: Annotated[int, Meta(ge=1, le=LARGEST_QUANTITY, description=N_("What each is for."))]
    starts_on: date
    ends_on: date
    contract: Annotated[
        str,
        Meta(max_length=40, description=N_("Only this contract can redeem them.")),
    ] = ""


class LicenseKeyBatch(msgspec.Struct, frozen=True):
    """License keys that were issued together."""

    id: UUID
    number: int
    product: str
    quantity: int
    starts_on: date
    ends_on: date
    issued_at: datetime
    redeemed: int
    revoked: int
    exported_at: Annotated[datetime | None, Meta(description=N_("When the keys were taken."))]


class LicenseKeyCodes(msgspec.Struct, frozen=True):
    """The license keys of a batch, given once. A dry run gives none."""

    batch: UUID
    codes: list[str]
