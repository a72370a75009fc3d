"""Making a request file: what the system tells the portal, signed with its own key."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licensed_system import fingerprint, jws, keys
from licensed_system.claims import LONGEST_EMERGENCY
from licensed_system.fingerprint import Machine
from licensed_system.jws import Json
from licensed_system.state import OpenRequest, State, UsedEmergency, whole_second

TYPE = "activation-request+jwt"
AUDIENCE = "license-portal"
RANDOM_BYTES = 32
MOST = 20  # emergency files that a request reports


class Purpose(StrEnum):
    """What the request asks for."""

    ACTIVATE = "activate"
    RETURN = "return"


def make(
    purpose: Purpose, state: State, key: Ed25519PrivateKey, machine: Machine, now: datetime
) -> OpenRequest:
    """A new request, with a nonce and an id that were never used before."""
    jti, nonce = (jws.encode(secrets.token_bytes(RANDOM_BYTES)) for _ in range(2))
    made_at = whole_second(now)
    claims: Json = {
        "aud": AUDIENCE,
        "iat": max(0, int(made_at.timestamp())),
        "jti": jti,
        "nonce": nonce,
        "system": {"name": state.name, "host": machine.host, "os": machine.os},
        "products": [{"code": code, "version": held} for code, held in state.products.items()],
        "fp": fingerprint.hashed(machine.components, state.fp_salt),
        "fp_salt": state.fp_salt,
        "prev_seq": state.seq,
        "prev_jti": state.jti,
        "purpose": str(purpose),
    }
    if state.emergencies:
        claims["emergencies"] = [_used(each, state, made_at) for each in state.emergencies[-MOST:]]
    header = {"typ": TYPE, "alg": jws.ALGORITHM, "jwk": keys.public_jwk(key.public_key())}
    return OpenRequest(jti, nonce, made_at, jws.sign(header, claims, key))


def _used(used: UsedEmergency, state: State, now: datetime) -> Json:
    """What a request says about an emergency file; days that have begun count."""
    until = used.ended_at or max(now, state.latest_seen)
    counted = until - used.first_used_at + timedelta(seconds=used.repeated)
    days = max(0, counted.days) + 1
    return {
        "jti": used.jti,
        "first_used_at": int(used.first_used_at.timestamp()),
        "days_used": min(LONGEST_EMERGENCY, days),
    }
