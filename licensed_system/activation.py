"""Whether an activation file may be applied: pure rules, in the order the format describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from licensed_system import claims, fingerprint, jws, keys
from licensed_system.calendars import show_time
from licensed_system.claims import Activation
from licensed_system.outcomes import Outcome, Refused, refuse

TYPE = "activation+jwt"
KEYSET_TYPE = "keyset+jwt"
AUDIENCE = "licensed-system"


@dataclass(frozen=True)
class Holder:
    """What a system holds a file against. ``nonces`` are those it still accepts an answer to."""

    roots: Mapping[str, Ed25519PublicKey]
    jkt: str
    keyset_version: int
    seq: int
    nonces: frozenset[str]
    components: Mapping[str, str]


@dataclass(frozen=True)
class Signed:
    """An activation whose signature leads to a pinned root."""

    activation: Activation
    keyset_version: int


@dataclass(frozen=True)
class _SigningKey:
    key: Ed25519PublicKey
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class _Keyset:
    version: int
    keys: Mapping[str, _SigningKey]


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


def verify_signature(
    data: bytes, roots: Mapping[str, Ed25519PublicKey], keyset_version: int = 0
) -> Signed:
    """Only what cannot change with time: form, keyset, signature, audience. Raises ``Refused``.

    This much is asked of an activation that was applied earlier, whatever keysets came since.
    """
    file = jws.parse(data)
    jws.require_header(file.header, TYPE)
    keyset = _read_keyset(file.payload.get("keyset"), roots)
    if keyset.version < keyset_version:
        raise refuse(Outcome.KEYSET_OLDER)
    kid = file.header.get("kid")
    signer = keyset.keys.get(kid) if isinstance(kid, str) else None
    if signer is None:
        raise refuse(Outcome.UNKNOWN_SIGNING_KEY)
    if not keys.verifies(signer.key, file):
        raise refuse(Outcome.BAD_SIGNATURE)
    if file.payload.get("aud") != AUDIENCE:
        raise refuse(Outcome.WRONG_AUDIENCE)
    try:
        activation = claims.read_activation(file.payload)
    except ValueError as fault:
        raise refuse(Outcome.MALFORMED) from fault
    if not signer.valid_from <= activation.issued_at < signer.valid_until:
        raise refuse(Outcome.SIGNING_KEY_NOT_VALID_THEN)
    return Signed(activation, keyset.version)


def _read_keyset(text: object, roots: Mapping[str, Ed25519PublicKey]) -> _Keyset:
    if not isinstance(text, str) or text.endswith("\n"):
        raise refuse(Outcome.BAD_KEYSET)
    try:
        file = jws.parse(text.encode())
        jws.require_header(file.header, KEYSET_TYPE)
    except Refused as refused:
        raise refuse(Outcome.BAD_KEYSET) from refused
    kid = file.header.get("kid")
    root = roots.get(kid) if isinstance(kid, str) else None
    if root is None:
        raise refuse(Outcome.UNKNOWN_ROOT)
    if not keys.verifies(root, file):
        raise refuse(Outcome.BAD_KEYSET)
    try:
        listed = claims.member(file.payload, "keys", list)
        return _Keyset(claims.number(file.payload, "version"), dict(map(_read_key, listed)))
    except ValueError as fault:
        raise refuse(Outcome.BAD_KEYSET) from fault


def _read_key(jwk: object) -> tuple[str, _SigningKey]:
    if not isinstance(jwk, dict):
        raise ValueError("a key is not an object")
    key = keys.from_jwk(jwk)
    kid = keys.thumbprint(key)
    if jwk.get("kid") != kid:
        raise ValueError("kid is not the key's thumbprint")
    return kid, _SigningKey(key, claims.moment(jwk, "nbf"), claims.moment(jwk, "exp"))


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
