"""What each event says, as JSON. Fields are added, never changed or removed.

Ids, numbers and facts only: no secret, no address, and of people nothing but the id.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.web.i18n import instant, language
from app.webhooks.event_rules import TEST, EventType

Actor = Annotated[
    UUID | None,
    Meta(
        description="Member or service account of the contract that did it; null for the vendor"
        " and the portal."
    ),
]
DaysLeft = Annotated[int, Meta(description="Days from today to the last usable day.")]


class Contract(msgspec.Struct, frozen=True):
    """The contract that an event belongs to."""

    id: UUID
    number: str


class Names(msgspec.Struct, frozen=True):
    """A text in both languages."""

    ja: str
    en: str


class EnvironmentRef(msgspec.Struct, frozen=True):
    """An environment."""

    id: UUID
    name: str


class Quantity(msgspec.Struct, frozen=True):
    """How much of a contracted product."""

    entitlement: UUID
    quantity: int


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """What every event of a contract says."""

    contract: Contract

    @property
    def about(self) -> str:
        """Return the name of what it is about, for chat channels."""
        return ""


class ContractAmended(Data, frozen=True, kw_only=True):
    """The vendor changed the contract, renewed it, or changed a contracted product."""

    actor: Actor = None
    change: Literal["contract", "renewal", "entitlement"]
    entitlement: Annotated[UUID | None, Meta(description="The product that changed.")] = None
    quantity: int | None = None
    quantity_before: int | None = None
    starts_on: date | None = None
    starts_on_before: date | None = None
    ends_on: date
    ends_on_before: date
    effective_on: date


class ContractEnding(Data, frozen=True, kw_only=True):
    """The contract ends in 90, 30 or 7 days."""

    ends_on: date
    days_left: DaysLeft


class EntitlementAdded(Data, frozen=True, kw_only=True):
    """The contract has a new product, or another quantity of one from a later day on."""

    actor: Actor = None
    entitlement: UUID
    product: Annotated[str, Meta(description="Product code.")]
    quantity: int
    starts_on: date
    ends_on: date
    follows: Annotated[UUID | None, Meta(description="The entitlement that it continues.")] = None

    @property
    def about(self) -> str:
        """Return the product."""
        return self.product


class EntitlementEnding(Data, frozen=True, kw_only=True):
    """A product ends in 90, 30 or 7 days."""

    entitlement: UUID
    product: Annotated[str, Meta(description="Product code.")]
    ends_on: date
    days_left: DaysLeft

    @property
    def about(self) -> str:
        """Return the product."""
        return self.product


class LicenseKeyRedeemed(EntitlementAdded, frozen=True, kw_only=True):
    """A license key was redeemed. `entitlement.added` comes as well."""

    license_key: Annotated[UUID, Meta(description="Id of the license key, not its characters.")]


class AllocationChanged(Data, frozen=True, kw_only=True):
    """An environment was allocated other quantities, or was retired."""

    actor: Actor = None
    environment: EnvironmentRef
    retired: bool
    quantities: Annotated[
        list[Quantity], Meta(description="Those that were set; 0 for what was taken away.")
    ]

    @property
    def about(self) -> str:
        """Return the environment."""
        return self.environment.name


class ActivationIssued(Data, frozen=True, kw_only=True):
    """An activation file was issued."""

    actor: Actor = None
    environment: EnvironmentRef
    number: Annotated[int, Meta(description="Number of the activation in its environment.")]
    moved: Annotated[bool, Meta(description="Whether it went to another machine.")]
    quantities: list[Quantity]

    @property
    def about(self) -> str:
        """Return the environment."""
        return self.environment.name


class ActivationExpiring(Data, frozen=True, kw_only=True):
    """An activation file expires in 90, 30 or 7 days."""

    environment: EnvironmentRef
    number: int
    ends_on: Annotated[date, Meta(description="Last usable day.")]
    days_left: DaysLeft

    @property
    def about(self) -> str:
        """Return the environment."""
        return self.environment.name


class Membership(Data, frozen=True, kw_only=True):
    """A person joined the contract, or no longer belongs to it."""

    actor: Actor = None
    user: UUID
    role: Annotated[
        Literal["owner", "member"], Meta(description="For people who left, the one they had.")
    ]


class Quote(Data, frozen=True, kw_only=True):
    """A quote was requested or answered."""

    actor: Actor = None
    reference: str

    @property
    def about(self) -> str:
        """Return the reference number."""
        return self.reference


class QuoteApplied(Quote, frozen=True, kw_only=True):
    """A quote was applied to the contract."""

    quantities: list[Quantity]
    counts_from: Annotated[
        date | None, Meta(description="When later quantities begin; null if none does.")
    ] = None


class ResourcePublished(msgspec.Struct, frozen=True, kw_only=True):
    """A file can be downloaded, for contracts that can use one of its products today.

    A security fix can also be downloaded for some months after a term.
    """

    contract: Annotated[Contract | None, Meta(description="Null for the vendor's own endpoints.")]
    resource: UUID
    name: str
    version: str
    size: int
    sha256: str
    security_fix: bool
    products: Annotated[list[str], Meta(description="Product codes.")]

    @property
    def about(self) -> str:
        """Return the file's name."""
        return self.name


class NoticePublished(msgspec.Struct, frozen=True, kw_only=True):
    """A notice can be read, for contracts that can use one of its products today."""

    contract: Annotated[Contract | None, Meta(description="Null for the vendor's own endpoints.")]
    notice: UUID
    title: Names
    products: Annotated[list[str], Meta(description="Product codes.")]

    @property
    def about(self) -> str:
        """Return the title in the language that is set."""
        return str(getattr(self.title, language.get()))


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """A person asked for a test."""

    contract: Contract | None
    endpoint: UUID

    @property
    def about(self) -> str:
        """Return nothing."""
        return ""


Payload = Data | ResourcePublished | NoticePublished | Test
PAYLOADS: dict[str, type[Payload]] = {
    EventType.CONTRACT_AMENDED: ContractAmended,
    EventType.CONTRACT_ENDING: ContractEnding,
    EventType.ENTITLEMENT_ADDED: EntitlementAdded,
    EventType.ENTITLEMENT_ENDING: EntitlementEnding,
    EventType.LICENSE_KEY_REDEEMED: LicenseKeyRedeemed,
    EventType.ALLOCATION_CHANGED: AllocationChanged,
    EventType.ACTIVATION_ISSUED: ActivationIssued,
    EventType.ACTIVATION_EXPIRING: ActivationExpiring,
    EventType.MEMBER_JOINED: Membership,
    EventType.MEMBER_REMOVED: Membership,
    EventType.QUOTE_REQUESTED: Quote,
    EventType.QUOTE_ANSWERED: Quote,
    EventType.QUOTE_APPLIED: QuoteApplied,
    EventType.RESOURCE_PUBLISHED: ResourcePublished,
    EventType.NOTICE_PUBLISHED: NoticePublished,
    TEST: Test,
}


def standard_body(event_type: str, at: datetime, data: Payload) -> str:
    """Return the JSON of an event."""
    event = {"type": event_type, "timestamp": instant(at), "data": data}
    return msgspec.json.encode(event).decode()
