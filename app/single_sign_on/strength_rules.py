"""How sure a provider is of a person: its second factor, and when they proved who they are.

It counts for the vendor's staff only. Customers' second factors are the portal's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.accounts.factors.rules import PROOF_LASTS
from app.single_sign_on.rules import Connection
from app.web.i18n import N_

# Values of `amr` (RFC 8176) that say more than a password. Codes by SMS or telephone are not among
# them: they can be diverted.
METHODS = {
    "mfa": N_("Several factors (mfa)"),
    "otp": N_("One-time password (otp)"),
    "hwk": N_("Key in a device (hwk)"),
    "swk": N_("Key in software (swk)"),
    "sc": N_("Smart card (sc)"),
    "fpt": N_("Fingerprint (fpt)"),
    "face": N_("Face (face)"),
}
MOST_CONTEXTS = 10


@dataclass(frozen=True)
class Strength:
    """What a sign-in through a provider stands for.

    Attributes:
        second_factor: whether it makes up for the portal's own second factor.
        proved_at: when the person proved who they are; None if nothing says so.
    """

    second_factor: bool
    proved_at: datetime | None


@dataclass(frozen=True)
class Authentication:
    """What an ID token says of how a person signed in there; each is empty where it says nothing.

    Attributes:
        methods: its `amr`.
        context: its `acr`.
        at: its `auth_time`.
    """

    methods: frozenset[str] = frozenset()
    context: str = ""
    at: datetime | None = None


NOTHING = Authentication()


def read_authentication(claims: Mapping[str, Any]) -> Authentication:
    """Return what claims say. What has a wrong type says nothing: the portal then asks itself."""
    methods, context = claims.get("amr"), claims.get("acr")
    listed = isinstance(methods, list) and all(isinstance(each, str) for each in methods)
    return Authentication(
        frozenset(methods) if isinstance(methods, list) and listed else frozenset(),
        context if isinstance(context, str) else "",
        _moment(claims.get("auth_time")),
    )


def _moment(time: object) -> datetime | None:
    if isinstance(time, bool) or not isinstance(time, int | float):
        return None
    try:
        return datetime.fromtimestamp(time, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def strength_of(connection: Connection, authentication: Authentication, now: datetime) -> Strength:
    """Return what a sign-in stands for.

    A time in the future counts as now: the clocks differ, or the provider is wrong.
    """
    if connection.company is not None:
        return Strength(second_factor=False, proved_at=now)
    counts = (
        not connection.amr.isdisjoint(authentication.methods)
        or authentication.context in connection.acr
    )
    return Strength(counts, min(authentication.at, now) if authentication.at else None)


def asked_for(connection: Connection) -> dict[str, str]:
    """Return what staff's sign-in asks of the provider: a recent proof, and its contexts."""
    if connection.company is not None:
        return {}
    asked = {"max_age": str(int(PROOF_LASTS.total_seconds()))}
    return asked | ({"acr_values": " ".join(sorted(connection.acr))} if connection.acr else {})
