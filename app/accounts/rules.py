"""Decisions about signing in."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

CUSTOMER_SESSION = timedelta(hours=24)
STAFF_SESSION = timedelta(hours=8)
STAFF_IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=5)
# The cookie outlasts its session: the browser then learns why it is signed out, and its form is
# kept. For the same time a session that a person ended may still leave a form.
TOLD_FOR = timedelta(hours=24)
# A session that a person ended may be an intruder's: it leaves a few forms, not any number.
FORMS_AFTER_END = 5
EMAIL_CHANGE_LASTS = timedelta(hours=24)
RESET_LASTS = timedelta(hours=1)
# Floods no mailbox, from however many addresses the requests come.
RESETS_PER_HOUR = 5
STAFF_LINK_LASTS = timedelta(days=7)


def new_token() -> str:
    """What opens a session or a mailed link: 32 random bytes, in base64url."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


class DisabledBy(StrEnum):
    """Who disabled an account. Each of the two takes back their own word only."""

    VENDOR = "vendor"
    PROVIDER = "provider"
    BOTH = "both"


class Ending(StrEnum):
    """Why a session ended before its time, as the database keeps it.

    A session that ended by itself has none, and a person who signs out leaves no session behind.
    """

    OTHER_DEVICE = "other-device"
    STAFF = "staff"
    ADDRESS_CHANGE = "address-change"
    PASSWORD_CHANGE = "password-change"  # noqa: S105 - no password
    FACTOR_CHANGE = "factor-change"
    PASSWORD_RESET = "password-reset"  # noqa: S105 - no password
    FACTOR_REMOVAL = "factor-removal"
    ACCOUNT_DISABLING = "account-disabling"
    SINGLE_SIGN_ON = "single-sign-on"
    PROVIDER = "provider"


# Endings that lock an intruder out: nothing is kept of what such a browser sends afterwards.
FORGETS_FORMS = {Ending.PASSWORD_RESET, Ending.FACTOR_REMOVAL, Ending.ACCOUNT_DISABLING}


@dataclass(frozen=True)
class OverSession:
    """A session whose token a browser still has, though it opens nothing.

    Attributes:
        ending: why a person ended it; None if it expired.
    """

    id: UUID
    user: UUID
    ending: Ending | None
    over_since: datetime

    def may_leave_form(self, now: datetime) -> bool:
        """Whether a form that comes with its token is kept for the person."""
        if self.ending is None:
            return True
        return self.ending not in FORGETS_FORMS and now < self.over_since + TOLD_FOR


@dataclass(frozen=True)
class SignInRule:
    """What a person's company says about signing in by password.

    Attributes:
        refused: the company requires its identity provider.
        warned: companies that require it of others: their owners get a mail about this sign-in.
            None is the vendor, whose administrators get it.
    """

    refused: bool
    warned: list[UUID | None]


@dataclass(frozen=True)
class ByProvider:
    """An identity provider vouched for the person, in place of the password.

    Attributes:
        connection: through which, for the audit log.
        exit: the address that ends the person's session there, encrypted, if there is one.
        session: what the provider calls its session, if it says so.
        grant: what asks the provider later whether the person may still sign in, encrypted.
        proved_at: when the person proved there who they are; None if nothing says so.
        second_factor: whether it makes up for the portal's own second factor.
        subject: the person there whom the account is linked with once the sign-in is complete.
    """

    connection: UUID
    exit: bytes | None
    session: str | None = None
    grant: bytes | None = None
    proved_at: datetime | None = None
    second_factor: bool = False
    subject: str | None = None


@dataclass(frozen=True)
class Viewer:
    """The person who looks: what every read goes through.

    Attributes:
        factor_missing: one of the vendor's staff who signs in by password alone.
        proved_at: when they last proved who they are; None without a sign-in.
        named: their confirmation that the address names, which came with the session.
        expires_at: when the session ends, however much it is used; None without a sign-in.
        generation: the account's credentials that the session was opened with; 0 without a
            session: then no credentials can be changed.
        provider_checked_at: when the person's provider last let them in, if it can be asked.
        scopes: what one of the vendor's service accounts may do; None for everyone else. It has
            them in place of a staff role.
    """

    id: UUID
    session: UUID
    code: str
    name: str
    language: str
    staff_role: str | None
    terms_accepted: bool
    must_change_password: bool
    factor_missing: bool = False
    proved_at: datetime | None = None
    expires_at: datetime | None = None
    generation: int = 0
    provider_checked_at: datetime | None = None
    named: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    scopes: frozenset[str] | None = None

    @property
    def sees_console(self) -> bool:
        """Whether pages show the staff console: to staff who have nothing to do before."""
        return self.staff_role is not None and self.terms_accepted and not self.must_change_password

    @property
    def of_vendor(self) -> bool:
        """Whether it is one of the vendor's staff, or one of the vendor's service accounts."""
        return self.staff_role is not None or self.scopes is not None

    @property
    def person(self) -> UUID | None:
        """Return the id where a row names a person; the vendor's service accounts are none."""
        return self.id if self.scopes is None else None


def first_step(viewer: Viewer, *, demo: bool) -> str | None:
    """Path of what a signed-in person has to do before anything else, or None.

    Outside the demo, the vendor's staff set up a second factor.
    """
    if not viewer.terms_accepted:
        return "/terms"
    if viewer.must_change_password:
        return "/password"
    return "/profile/second-factors" if viewer.factor_missing and not demo else None


def session_length(staff_role: str | None) -> timedelta:
    """How long a new session lasts at most."""
    return STAFF_SESSION if staff_role else CUSTOMER_SESSION


def session_runs(
    staff_role: str | None, last_seen_at: datetime, expires_at: datetime, now: datetime
) -> bool:
    """Whether a session still counts; staff who leave their desk are signed out sooner."""
    if now >= expires_at:
        return False
    return staff_role is None or now - last_seen_at < STAFF_IDLE


def with_next(path: str, wanted: str) -> str:
    """The path of a step on the way, with the page that the person wanted; home needs no name."""
    if wanted == "/":
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'next': wanted})}"


def local_path(address: str) -> str:
    """The address if it is a path of this portal, else the home page (no open redirect)."""
    safe = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and address.isprintable()
        and address.isascii()
    )
    return address if safe else "/"
