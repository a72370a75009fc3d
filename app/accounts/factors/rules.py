"""Decisions about second factors: who needs one, which codes count, what a proof is worth."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import pyotp

STEP_SECONDS = 30
CODE_DIGITS = 6
RECOVERY_CODES = 10
# 28 of 32 characters are 140 bits: enough to be kept under a plain hash (ASVS 5.0, 6.5.2, 11.5.1).
RECOVERY_LENGTH = 28
EARLIER_RECOVERY_LENGTH = 24
RECOVERY_GROUP = 4
# Crockford's Base32: no I, L, O and U, which are misread.
RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
MOST_PASSKEYS = 20
PROOF_LASTS = timedelta(minutes=10)
# No hurry: a customer may look for the phone for a day (WCAG 2.2.1).
SET_UP_LASTS = timedelta(hours=20)
CUSTOMER_PENDING = timedelta(hours=20)
STAFF_PENDING = timedelta(minutes=30)
# The browser's own time limit ends a ceremony long before; a new one can be begun at once.
CHALLENGE_LASTS = timedelta(minutes=15)


class Way(StrEnum):
    """How a person can prove who they are, beside the password at sign-in."""

    PASSKEY = "passkey"
    APP = "app"
    RECOVERY = "recovery-code"
    PASSWORD = "password"  # noqa: S105 - the name of a way


class Purpose(StrEnum):
    """What a passkey's signature is for."""

    REGISTRATION = "registration"
    PROOF = "proof"


@dataclass(frozen=True)
class Answer:
    """What a person gave to prove who they are.

    Attributes:
        text: the code, the password, or a passkey's answer as JSON.
    """

    way: Way
    text: str


@dataclass(frozen=True)
class SeenPasskey:
    """A passkey as its owner sees it."""

    id: UUID
    credential_id: bytes
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """The second factors of a person.

    Attributes:
        app: id of the authenticator app in use.
        app_since: when it was confirmed.
        recovery_left: recovery codes that were not used yet.
        app_box: the app's encrypted secret.
    """

    app: UUID | None
    app_since: datetime | None
    recovery_left: int
    passkeys: list[SeenPasskey]
    app_box: bytes | None = None

    @property
    def any(self) -> bool:
        """Whether there is one; recovery codes replace a factor, they are none."""
        return self.app is not None or bool(self.passkeys)

    def is_last(self, id: UUID) -> bool:
        """Whether this is the person's last second factor."""
        return {p.id for p in self.passkeys} | ({self.app} if self.app else set()) <= {id}


@dataclass(frozen=True)
class RelyingParty:
    """What passkeys are bound to (Web Authentication Level 3, section 5.4.2).

    Attributes:
        id: a host name.
        origin: scheme, host and port that the browser has to be at.
    """

    id: str
    origin: str


def ways(factors: Factors) -> list[Way]:
    """How the person can prove who they are, the best way first.

    People with a second factor prove by it: otherwise a thief of the password could remove the
    factor. The others prove by their password.
    """
    if not factors.any:
        return [Way.PASSWORD]
    offered = [Way.PASSKEY] if factors.passkeys else []
    offered += [Way.APP] if factors.app else []
    return offered + ([Way.RECOVERY] if factors.recovery_left else [])


def chosen_way(offered: list[Way], wanted: str) -> Way:
    """The way that was asked for where it is offered, else the best one."""
    return Way(wanted) if wanted in offered else offered[0]


def relying_party(base_url: str) -> RelyingParty | None:
    """What passkeys of this portal are bound to, or None if it has no host name.

    No passkey can be bound to an address such as 127.0.0.1. On the loopback address people can
    open the portal as `localhost` too, and there passkeys work.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return RelyingParty(host, f"{parts.scheme}://{parts.netloc}")
    if not address.is_loopback:
        return None
    port = f":{parts.port}" if parts.port else ""
    return RelyingParty("localhost", f"{parts.scheme}://localhost{port}")


def accepted_step(secret: str, code: str, last_step: int, now: datetime) -> int | None:
    """The time step (RFC 6238) that a code belongs to, or None if it does not count.

    One step before and after are accepted, for clocks that differ and people who type slowly; a
    step at or before `last_step` never: each code counts once.

    Args:
        secret: Base32.
    """
    app = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()) and step > last_step:
            return step
    return None


def pending_length(staff_role: str | None) -> timedelta:
    """How long a log-in waits for its second factor."""
    return STAFF_PENDING if staff_role else CUSTOMER_PENDING


def proof_counts(proved_at: datetime, now: datetime) -> bool:
    """Whether the person proved who they are recently enough to change credentials."""
    return now - proved_at < PROOF_LASTS


def plain_recovery_code(text: str) -> str:
    """A recovery code without its dashes, in the one spelling that is hashed."""
    return re.sub(r"[\s-]", "", text).upper().translate(READ_AS)


def grouped(code: str) -> str:
    """A code in groups of four, as people read it."""
    return "-".join(
        code[start : start + RECOVERY_GROUP] for start in range(0, len(code), RECOVERY_GROUP)
    )
