"""Making a request file: what the system tells the portal, signed with its own key."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licensed_system import fingerprint, jws, keys
from licensed_system.fingerprint import Machine
from licensed_system.state import OpenRequest, State, whole_second

TYPE = "activation-request+jwt"
AUDIENCE = "license-portal"
RANDOM_BYTES = 32


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
    claims = {
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
    header = {"typ": TYPE, "alg": jws.ALGORITHM, "jwk": keys.public_jwk(key.public_key())}
    return OpenRequest(jti, nonce, made_at, jws.sign(header, claims, key))
