"""How the vendor's calls name things by keys of other systems, and what came of a change."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, UnsetType

from app.web.i18n import N_


class Outcome(StrEnum):
    """What a call did that creates or changes."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


ExternalIdOfRow = Annotated[
    str | None, Meta(description=N_("What your CRM or ERP calls it; null without one."))
]
OutcomeOfCall = Annotated[
    Outcome | UnsetType,
    Meta(description=N_("What the call did; only in the answer to a change.")),
]
NewExternalId = Annotated[
    str | UnsetType | None,
    Meta(description=N_("Null removes it. If you leave it out, it stays as it is.")),
]
Reason = Annotated[
    str | UnsetType,
    Meta(
        description=N_(
            "Why, for the change history that members of the contract see. Needed unless nothing"
            " changes."
        )
    ),
]


# What is looked for in the database, which takes no NUL.
PLAIN = r"^[^\x00-\x1f\x7f]*$"
LONGEST = 100
Key = Annotated[str, Meta(max_length=LONGEST, pattern=PLAIN)]


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another thing, by its id or by its external id."""

    id: UUID | None = None
    external_id: Key | None = None


class Related(msgspec.Struct, frozen=True):
    """Another thing that this one belongs to."""

    id: UUID
    name: str
    external_id: ExternalIdOfRow
