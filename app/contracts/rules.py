"""Decisions about contracts and who may do what in them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID
from zoneinfo import available_timezones

from app.web.i18n import N_

ENDS_SOON_DAYS = 30
# More than this is shown as "so many and more": a tab's number must not cost more as data grows.
MOST_COUNTED = 1000
# Names that every machine takes for the same place: what is local is no place.
TIME_ZONES = frozenset(available_timezones()) - {"localtime"}


class Role(StrEnum):
    """What a person is in a contract. A member reads; an owner also changes."""

    OWNER = "owner"
    MEMBER = "member"


class ServiceRole(StrEnum):
    """What a service account may do in its contract: read all of it, or also operate it."""

    READ = "read"
    OPERATE = "operate"


class Status(StrEnum):
    """Where a contract stands in time."""

    NOT_STARTED = "not-started"
    ACTIVE = "active"
    ENDS_SOON = "ends-soon"
    ENDED = "ended"


@dataclass(frozen=True)
class TabCounts:
    """How much the tabs of a contract's pages have to show, each counted up to MOST_COUNTED."""

    products: int
    environments: int
    members: int
    group_companies: int


STATUS_NAMES = {
    Status.NOT_STARTED: N_("Not started"),
    Status.ACTIVE: N_("Active"),
    Status.ENDS_SOON: N_("Ends soon"),
    Status.ENDED: N_("Ended"),
}


@dataclass(frozen=True)
class SeenContract:
    """A contract as one person or service account sees it: without a role in it there is none.

    Attributes:
        role: a service account counts as a member, never as an owner.
        starts_on, ends_on: first and last usable day in `time_zone`.
        today: the day it is in `time_zone`.
        counts: for pages; None where none is shown.
        service_role: what a service account may do; None for a person.
    """

    id: UUID
    number: str
    name: str
    company: str
    license_type: str
    starts_on: date
    ends_on: date
    time_zone: str
    sales_name: str
    sales_email: str
    sales_phone: str
    role: Role
    today: date
    counts: TabCounts | None = None
    service_role: ServiceRole | None = None

    @property
    def status(self) -> Status:
        """Where the contract stands today."""
        return status_of(self.starts_on, self.ends_on, self.today)

    @property
    def days_left(self) -> int:
        """Days from today to the last usable day: zero on that day, negative once ended."""
        return (self.ends_on - self.today).days

    @property
    def may_change(self) -> bool:
        """Whether the person may change it: owners, while it has not ended."""
        return self.role is Role.OWNER and self.status is not Status.ENDED

    @property
    def may_operate(self) -> bool:
        """Whether environments, allocations and activations may be changed.

        Owners may while the contract has not ended, and so may service accounts that operate it.
        """
        operates = self.role is Role.OWNER or self.service_role is ServiceRole.OPERATE
        return operates and self.status is not Status.ENDED

    @property
    def url(self) -> str:
        """Path of the contract's page."""
        return f"/contracts/{self.number}"


@dataclass(frozen=True)
class NamedContract:
    """What a mail says of a contract, where the vendor acts and not one of its people."""

    id: UUID
    number: str
    name: str
    company: str


def status_of(starts_on: date, ends_on: date, today: date) -> Status:
    """Where a term of days, both included, stands on a day."""
    if today > ends_on:
        return Status.ENDED
    if today < starts_on:
        return Status.NOT_STARTED
    if (ends_on - today).days <= ENDS_SOON_DAYS:
        return Status.ENDS_SOON
    return Status.ACTIVE
