"""People as the vendor's systems see them, and invitations of owners, as JSON."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.contracts.rules import Role
from app.web.i18n import N_


class ListedUser(msgspec.Struct, frozen=True):
    """A customer's account in the list."""

    id: UUID
    code: str
    name: str
    email: str
    disabled_at: datetime | None
    last_sign_in_at: datetime | None


class ContractOfUser(msgspec.Struct, frozen=True):
    """A contract that a person belongs to."""

    number: str
    role: Role


class User(ListedUser, frozen=True):
    """A customer's account."""

    language: str
    second_factor: bool
    contracts: list[ContractOfUser]


class NewOwner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is invited to own a contract without an owner."""

    contract: Annotated[
        str,
        Meta(max_length=40, pattern="^[A-Za-z0-9-]+$", description=N_("Number of the contract.")),
    ]
    owner_email: Annotated[str, Meta(max_length=254)]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    owner_language: Literal["ja", "en"] = "ja"


class OwnerInvitation(msgspec.Struct, frozen=True):
    """An invitation that was sent."""

    contract: str
    owner_email: str
    owner_language: str
