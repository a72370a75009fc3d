"""Decisions about delivery: when to try again, and when to give up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.web.i18n import N_
from app.web.i18n import gettext as _

# A mail server that is down comes back within minutes, or after a weekend.
BACK_OFF = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
LONGEST_ANSWER = 500
# What people call each folder of templates/mail/.
KINDS = {
    "email-change-asked": N_("Request to change the email address"),
    "email-changed": N_("Email address changed"),
    "provider-address-change": N_("Email address changed by the company's provider"),
    "email-confirmation": N_("Email address confirmation"),
    "domain-record-missing": N_("DNS record of a domain missing"),
    "emergency-use": N_("Emergency file used"),
    "farewell": N_("Account deleted"),
    "invitation": N_("Invitation to a contract"),
    "notice": N_("Notice"),
    "owner-appointment": N_("Owner appointed"),
    "password-changed": N_("Password changed"),
    "password-reset": N_("Link for a new password"),
    "quote-answer": N_("Quote answered"),
    "quote-application": N_("Quote applied to the contract"),
    "quote-notification": N_("Quote requested (to staff)"),
    "quote-request": N_("Quote request received"),
    "quote-withdrawal": N_("Quote request withdrawn (to staff)"),
    "reminder": N_("Reminder of end dates"),
    "second-factor-changed": N_("Two-step verification changed"),
    "exceptional-sign-in": N_("Exceptional sign-in of an owner"),
    "exceptional-staff-sign-in": N_("Exceptional sign-in of an administrator"),
    "second-factors-removed": N_("Two-step verification removed"),
    "staff-invitation": N_("Staff account created"),
    "webhook-paused": N_("Webhook paused"),
}


class State(StrEnum):
    """How far a mail is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a mail was given up."""

    REFUSED = "refused"  # the server refuses it for good
    EXHAUSTED = "exhausted"  # it was tried for as long as it makes sense
    EXPIRED = "expired"  # what it says holds no longer
    UNREADABLE = "unreadable"  # the portal's secret is another one by now
    DISCARDED = "discarded"  # staff threw it away


@dataclass(frozen=True)
class Recipient:
    """Whom a mail is for.

    Attributes:
        address: mail address, ASCII.
        name: as the person writes it; empty if it is not known yet.
        language: the language they read.
    """

    address: str
    name: str
    language: str


def kind_name(template: str) -> str:
    """Return what people call a kind of mail, in the reader's language."""
    return _(KINDS.get(template, template))


def after_failure(
    failures: int, *, lasting: bool, valid_until: datetime | None, now: datetime
) -> datetime | Reason:
    """When to try again, or why not.

    Args:
        failures: how often it failed, this time included.
        lasting: whether the server says that trying again is no use.
        valid_until: after this moment the mail is of no use to anybody.
        now: the moment of the failure.
    """
    if lasting:
        return Reason.REFUSED
    if failures > len(BACK_OFF):
        return Reason.EXHAUSTED
    again = now + BACK_OFF[failures - 1]
    if valid_until is not None and again >= valid_until:
        return Reason.EXPIRED
    return again


def is_lasting(code: int) -> bool:
    """Whether an SMTP reply code is final (RFC 5321, 4.2.1)."""
    return 500 <= code < 600


def kept_answer(words: str, address: str) -> str:
    """A server's words as they may be kept: on one line, without the person's address."""
    line = " ".join(words.split())
    start = line.lower().find(address.lower()) if address else -1
    while start >= 0:
        line = line[:start] + "…" + line[start + len(address) :]
        start = line.lower().find(address.lower())
    return "".join(c for c in line if c.isprintable())[:LONGEST_ANSWER]
