"""What the API takes and gives, as JSON. Within v1 fields are added, never changed or removed.

Days are the contract's, in its time zone; instants are UTC.
"""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from app.activation.emergencies.rules import EmergencyState
from app.activation.rules import FileState
from app.contracts.rules import Role, ServiceRole, Status
from app.environments.rules import MOST_PER_ENVIRONMENT, ActivationState
from app.quotes.rules import QuoteState
from app.web.i18n import N_

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list."""

    items: list[T]
    next: Annotated[
        str | None, Meta(description=N_("The cursor of the next page; null on the last one."))
    ]


class Names(msgspec.Struct, frozen=True):
    """A name in both languages."""

    ja: str
    en: str


class GroupCompany(msgspec.Struct, frozen=True):
    """A registered group company."""

    id: UUID
    name: str


class Account(msgspec.Struct, frozen=True):
    """The service account that calls."""

    id: UUID
    name: str
    role: ServiceRole
    expires_at: Annotated[datetime, Meta(description=N_("When the token of this call stops."))]


class Contract(msgspec.Struct, frozen=True):
    """The contract of the service account."""

    number: str
    name: str
    company: str
    license_type: str
    status: Status
    starts_on: Annotated[date, Meta(description=N_("First usable day."))]
    ends_on: Annotated[date, Meta(description=N_("Last usable day."))]
    time_zone: str
    group_companies: list[GroupCompany]
    account: Account


class Product(msgspec.Struct, frozen=True):
    """A contracted product with its counts."""

    id: Annotated[UUID, Meta(description=N_("Name it as “entitlement” in allocations."))]
    code: str
    name: Names
    unit: str
    version: str
    quantity: Annotated[int, Meta(description=N_("How much is contracted."))]
    allocated: int
    held: Annotated[
        int,
        Meta(description=N_("What valid activation files use beyond what is allocated.")),
    ]
    free: int
    starts_on: date
    ends_on: date
    expired: bool


class Environment(msgspec.Struct, frozen=True):
    """An environment and the state of its activation."""

    id: UUID
    name: str
    sort_key: int
    group_company: UUID | None
    note: str
    state: ActivationState
    newest_activation: Annotated[
        int | None, Meta(description=N_("Number of the newest activation; null without one."))
    ]
    issued_at: datetime | None
    retired_at: datetime | None
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]


class EnvironmentFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a caller says of an environment."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    sort_key: Annotated[int, Meta(ge=0, le=999_999, description=N_("Smaller numbers come first."))]
    group_company: UUID | None = None
    note: Annotated[str, Meta(max_length=500)] = ""


class Allocation(msgspec.Struct, frozen=True):
    """What an environment is allocated of a contracted product."""

    entitlement: UUID
    code: str
    name: Names
    unit: str
    quantity: int
    held: Annotated[int, Meta(description=N_("What its running activation file uses."))]
    available: Annotated[int, Meta(description=N_("The most that this environment can have."))]
    starts_on: date
    ends_on: date


class Allocations(msgspec.Struct, frozen=True):
    """All that can be allocated to an environment, with what is."""

    environment: UUID
    allocations: list[Allocation]


class WantedAllocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity for one contracted product."""

    entitlement: UUID
    quantity: Annotated[int, Meta(ge=0, le=MOST_PER_ENVIRONMENT)]


class WantedAllocations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All quantities of an environment. A product that is left out gets 0."""

    allocations: Annotated[list[WantedAllocation], Meta(max_length=1000)]


class GrantedProduct(msgspec.Struct, frozen=True):
    """What an activation file grants of a product."""

    entitlement: UUID
    code: str
    name: Names
    unit: str
    quantity: int
    starts_on: date
    ends_on: date


class Activation(msgspec.Struct, frozen=True):
    """An issued activation. Its file is at `/file` below its address."""

    number: int
    state: FileState
    issued_at: datetime
    issued_by: Annotated[str | None, Meta(description=N_("Null if the account was deleted."))]
    expires_at: datetime
    moved: Annotated[bool, Meta(description=N_("Whether it went to another machine."))]
    downloaded_at: datetime | None
    ended_at: datetime | None
    file_name: str
    check_code: str
    products: list[GrantedProduct]
    parallel_until: Annotated[
        date | None,
        Meta(
            description=N_(
                "Last day on which the old system may run in parallel. Owners choose it when they"
                " confirm a move. Null without parallel operation, and after it ended early."
            )
        ),
    ]


class EmergencyUse(msgspec.Struct, frozen=True):
    """What a system reported about its use of an emergency file."""

    system: str
    host: str
    environment: str
    first_used_at: datetime
    days_used: int
    reported_at: datetime


class EmergencyFile(msgspec.Struct, frozen=True):
    """An emergency file. It is at `/file` below its address."""

    number: int
    state: EmergencyState
    issued_at: datetime
    issued_by: Annotated[str | None, Meta(description=N_("Null if the account was deleted."))]
    expires_at: datetime
    downloaded_at: datetime | None
    file_name: str
    check_code: str
    uses: list[EmergencyUse]


class Resource(msgspec.Struct, frozen=True):
    """A file to download. It is at `/file` below its address, also in ranges."""

    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    published_at: datetime
    products: Annotated[list[str], Meta(description=N_("Codes of the products it is for."))]
    security_fix: bool
    available_until: Annotated[
        date | None,
        Meta(description=N_("Last day of a security fix after the term; null during the term.")),
    ]
    signature_url: Annotated[
        str | None, Meta(description=N_("Path of the signed manifest; null without one."))
    ]
    sbom_url: Annotated[
        str | None, Meta(description=N_("Path of the bill of materials; null without one."))
    ]


class Member(msgspec.Struct, frozen=True):
    """A person of the contract."""

    name: str
    email: str
    role: Role
    notices: bool
    last_sign_in_at: datetime | None


class QuoteRequest(msgspec.Struct, frozen=True):
    """A request for a quote."""

    reference: str
    state: QuoteState
    requested_at: datetime
    requested_by: Annotated[str | None, Meta(description=N_("Null if the account was deleted."))]


class Event(msgspec.Struct, frozen=True):
    """What was done in the contract."""

    id: UUID
    at: datetime
    event_type: str
    text: Annotated[str, Meta(description=N_("A sentence, in the language of Accept-Language."))]
    quantities: list[str]
    done_by: str
