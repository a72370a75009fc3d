"""Decisions about service accounts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app import days
from app.accounts.rules import Viewer
from app.contracts.rules import ServiceRole
from app.web.i18n import gettext as _
from app.web.i18n import pgettext

USUAL_DAYS = 90
MOST_DAYS = 365
# After a rotation the token before works this long, so that systems can change one by one.
OVERLAP = timedelta(hours=24)
# The person who made a token can see it for this long. After that no one can.
SHOWN_WITHIN = timedelta(minutes=15)
USE_NOTED_EVERY = timedelta(minutes=1)


class Place(Protocol):
    """Where service accounts belong: a contract, or the vendor.

    Attributes:
        url: the path that their pages are below.
        time_zone, today: where their days begin and end, and the day it is there.
    """

    @property
    def url(self) -> str: ...

    @property
    def time_zone(self) -> str: ...

    @property
    def today(self) -> date: ...


class AccountState(StrEnum):
    """Whether a service account may act."""

    IN_FORCE = "in-force"
    EXPIRED = "expired"
    REVOKED = "revoked"


def account_state(
    *, expires_at: datetime, revoked_at: datetime | None, now: datetime
) -> AccountState:
    """Return whether an account, or one of its tokens, counts at a moment."""
    if revoked_at is not None:
        return AccountState.REVOKED
    return AccountState.IN_FORCE if now < expires_at else AccountState.EXPIRED


def usual_last_day(today: date) -> date:
    """Return the last day that a form offers first."""
    return today + timedelta(days=USUAL_DAYS)


def last_day_fits(last_day: date, today: date) -> bool:
    """Whether a token may last until the end of a day."""
    return today <= last_day <= today + timedelta(days=MOST_DAYS)


def previous_end(expires_at: datetime, now: datetime) -> datetime:
    """Return when the token before a rotation ends: never later than it would have."""
    return min(expires_at, now + OVERLAP)


def role_name(role: ServiceRole) -> str:
    """Return the word for what an account may do."""
    if role is ServiceRole.READ:
        return pgettext("service account", "Read")
    return pgettext("service account", "Operate")


def account_name(name: str) -> str:
    """Return how an account is called where people are named too."""
    return _("Service account “%(name)s”", name=name)


@dataclass(frozen=True)
class Holder:
    """The account whose token a call carries.

    Attributes:
        number, role: the contract's, and what it may do there; empty and None for the vendor's.
        expires_at: when this token ends.
        scopes: what one of the vendor's may do; None for a contract's.
    """

    id: UUID
    name: str
    role: ServiceRole | None
    number: str
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    scopes: frozenset[str] | None = None

    @property
    def viewer(self) -> Viewer:
        """Return the account as one who looks: without a session, an address or credentials."""
        return Viewer(
            id=self.id,
            session=self.id,
            code="",
            name=self.name,
            language="en",
            staff_role=None,
            terms_accepted=True,
            must_change_password=False,
            scopes=self.scopes,
        )

    def state(self, now: datetime) -> AccountState:
        """Return whether the token counts."""
        return account_state(expires_at=self.expires_at, revoked_at=self.revoked_at, now=now)


def end_of_last_day(last_day: date, time_zone: str) -> datetime:
    """Return when a token ends that lasts through a day."""
    return days.end_of(last_day, time_zone)
