"""Whether an activation file may be applied: pure rules, in the order the format describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from licensed_system import claims, fingerprint
from licensed_system.calendars import show_time
from licensed_system.claims import Activation
from licensed_system.outcomes import Outcome, refuse
from licensed_system.signatures import verify_file
from licensed_system.trust import Roots

TYPE = "activation+jwt"
AUDIENCE = "licensed-system"


@dataclass(frozen=True)
class Holder:
    """What a system holds a file against. ``nonces`` are those it still accepts an answer to."""

    roots: Roots
    jkt: str
    keyset_version: int
    seq: int
    nonces: frozenset[str]
    components: Mapping[str, str]


@dataclass(frozen=True)
class Signed:
    """An activation whose signatures lead to pinned roots."""

    activation: Activation
    keyset_version: int


def verify(data: bytes, holder: Holder, now: datetime) -> Signed:
    """The activation in ``data`` if ``holder`` may apply it at ``now``. Raises ``Refused``."""
    signed = verify_signature(data, holder.roots, holder.keyset_version)
    activation = signed.activation
    if activation.jkt != holder.jkt:
        raise refuse(Outcome.OTHER_SYSTEM)
    if activation.seq <= holder.seq:
        raise refuse(Outcome.OLDER_FILE, seq=str(activation.seq), highest=str(holder.seq))
    if activation.nonce not in holder.nonces:
        raise refuse(Outcome.UNKNOWN_REQUEST)
    _require_machine(activation, holder.components)
    _require_time(activation, now)
    return signed


def verify_signature(data: bytes, roots: Roots, keyset_version: int = 0) -> Signed:
    """Only what cannot change with time: form, keyset, signatures, audience. Raises ``Refused``.

    This much is asked of an activation that was applied earlier, whatever keysets came since.
    """
    verified = verify_file(data, TYPE, roots, keyset_version)
    if verified.claims.get("aud") != AUDIENCE:
        raise refuse(Outcome.WRONG_AUDIENCE)
    try:
        return Signed(claims.read_activation(verified.claims), verified.keyset_version)
    except ValueError as fault:
        raise refuse(Outcome.MALFORMED) from fault


def _require_machine(activation: Activation, components: Mapping[str, str]) -> None:
    found = fingerprint.matching(components, activation.fp, activation.fp_salt)
    if found < activation.fp_min:
        raise refuse(
            Outcome.FINGERPRINT_MISMATCH, needed=str(activation.fp_min), matching=str(found)
        )


def _require_time(activation: Activation, now: datetime) -> None:
    zone = activation.contract.time_zone
    clock, made = show_time(now, zone), show_time(activation.issued_at, zone)
    if now < activation.not_before:
        raise refuse(Outcome.NOT_YET_VALID, clock=clock, made=made)
    if now >= activation.expires_at:
        until = show_time(activation.expires_at, zone)
        raise refuse(Outcome.EXPIRED, clock=clock, made=made, until=until)
