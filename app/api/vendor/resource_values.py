"""Files that the vendor offers, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.resources.values import LONGEST_VERSION
from app.web.i18n import N_


class ResourceUpload(msgspec.Struct, frozen=True):
    """A file that waits to be published, for 48 hours."""

    id: UUID
    name: str
    size: int
    sha256: str
    begun_at: datetime


class NewResource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an uploaded file is published as."""

    upload: UUID
    version: Annotated[str, Meta(min_length=1, max_length=LONGEST_VERSION)]
    products: Annotated[
        list[str], Meta(min_length=1, max_length=1000, description=N_("Codes of products."))
    ]
    security_fix: bool = False


class OfferedResource(msgspec.Struct, frozen=True):
    """A published file."""

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    withdrawn_at: datetime | None
    products: Annotated[list[str], Meta(description=N_("Codes of products."))]
    security_fix: bool
    signed: bool
    sbom: bool
