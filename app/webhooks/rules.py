"""Decisions about endpoints and deliveries: when to try again, and when to give up."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.web.i18n import N_
from app.web.i18n import gettext as _

# Eleven attempts within three days. A receiver that is down comes back within minutes, or after a
# weekend.
BACK_OFF = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
# After a rotation the secret before signs as well for this long.
OVERLAP = timedelta(hours=24)
# The person who made a secret can see it for this long. After that no one can.
SHOWN_WITHIN = timedelta(minutes=15)
DELIVERIES_KEPT = timedelta(days=30)
LONGEST_ANSWER = 1024


class Preset(StrEnum):
    """What the receiver is: a system of one's own, or a chat channel."""

    STANDARD = "standard"
    SLACK = "slack"
    TEAMS = "teams"


PRESETS = {
    Preset.STANDARD: N_("Own system (signed JSON)"),
    Preset.SLACK: N_("Slack channel"),
    Preset.TEAMS: N_("Microsoft Teams channel"),
}


class PauseReason(StrEnum):
    """Why an endpoint is paused."""

    PERSON = "person"
    FAILING = "failing"
    GONE = "gone"
    UNREADABLE = "unreadable"


PAUSE_REASONS = {
    PauseReason.PERSON: N_("A person paused it."),
    PauseReason.FAILING: N_("It accepted nothing for three days."),
    PauseReason.GONE: N_("It answered that it no longer exists (410)."),
    PauseReason.UNREADABLE: N_("The portal can no longer read its address or secret."),
}


class State(StrEnum):
    """How far a delivery is."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"


class Problem(StrEnum):
    """What went wrong with an attempt."""

    ADDRESS = "address"
    NAME = "name"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    TIME = "time"
    REDIRECT = "redirect"
    STATUS = "status"
    PROTOCOL = "protocol"
    GONE = "gone"
    UNREADABLE = "unreadable"


PROBLEMS = {
    Problem.ADDRESS: N_("The host name leads to a private or reserved network."),
    Problem.NAME: N_("The host name was not found."),
    Problem.CONNECTION: N_("The receiver could not be reached."),
    Problem.CERTIFICATE: N_("The TLS certificate is not valid for the host name."),
    Problem.TIME: N_("The receiver did not answer within 10 seconds."),
    Problem.REDIRECT: N_("The receiver redirects. Enter the address that it leads to."),
    Problem.STATUS: N_("The receiver did not accept the event."),
    Problem.PROTOCOL: N_("The answer is not HTTP."),
    Problem.GONE: N_("The receiver no longer exists (410)."),
    Problem.UNREADABLE: N_("The portal can no longer read the address or secret."),
}
# Other deliveries to the endpoint would most likely fail as well, and each may take 10 seconds.
ABOUT_RECEIVER = frozenset(
    {
        *(Problem.ADDRESS, Problem.NAME, Problem.CONNECTION, Problem.CERTIFICATE, Problem.TIME),
        *(Problem.GONE, Problem.UNREADABLE),
    }
)
ENDS = {Problem.GONE: PauseReason.GONE, Problem.UNREADABLE: PauseReason.UNREADABLE}


def problem_of(status: int) -> Problem | None:
    """Return what an answer's status says; None if the receiver took the event."""
    if 200 <= status < 300:
        return None
    if status == 410:
        return Problem.GONE
    return Problem.REDIRECT if 300 <= status < 400 else Problem.STATUS


def next_attempt(failures: int, problem: Problem, now: datetime) -> datetime | None:
    """Return when to try again; None to give up.

    Args:
        failures: how often it failed, this time included.
    """
    if problem in ENDS or failures > len(BACK_OFF):
        return None
    return now + BACK_OFF[failures - 1]


def pause_after(
    problem: Problem, created_at: datetime, delivered_at: datetime | None
) -> PauseReason | None:
    """Return why an endpoint is paused whose delivery was given up; None if it stays in use.

    An endpoint that took other events since then refuses this one, not all.

    Args:
        created_at: of the delivery.
        delivered_at: when the endpoint last took something.
    """
    if problem in ENDS:
        return ENDS[problem]
    took_others = delivered_at is not None and delivered_at > created_at
    return None if took_others else PauseReason.FAILING


def preset_name(preset: Preset) -> str:
    """Return what people call a preset, in the reader's language."""
    return _(PRESETS[preset])


def shown_answer(body: bytes) -> str:
    """Return the beginning of an answer as it can be kept and shown."""
    text = body[:LONGEST_ANSWER].decode("utf-8", "replace")
    return "".join(c for c in text if c.isprintable() or c == "\n")
