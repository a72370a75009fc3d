"""What the vendor's calls take and give, as JSON. Within v1 fields are added, never removed."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta

from app.api.vendor.key_values import ExternalIdOfRow, OutcomeOfCall
from app.web.i18n import N_


class Company(msgspec.Struct, frozen=True):
    """A company."""

    id: UUID
    name: str
    reading: Annotated[str, Meta(description=N_("The name as it is read, in kana."))]
    group: Annotated[str | None, Meta(description=N_("The name of its corporate group."))]
    contracts: Annotated[int, Meta(description=N_("How many contracts it has."))]
    external_id: ExternalIdOfRow
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]
    outcome: OutcomeOfCall = UNSET
