"""Signed heads: how many events the chain has and the digest at its end, as a JWS (RFC 7515).

Needs cryptography and the standard library alone; see `chain`.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

HEAD_TYPE = "audit-head+jwt"
ALGORITHM = "EdDSA"


class BadHead(ValueError):
    """The text is no head, or its signature is not good under any known key."""


@dataclass(frozen=True)
class Head:
    """How far the chain went.

    Attributes:
        issuer: the portal's address.
        issued_at: seconds since 1970.
        count: number of the last event.
        digest: the chain's digest there, 32 bytes.
    """

    issuer: str
    issued_at: int
    count: int
    digest: bytes


def key_id(key: Ed25519PublicKey) -> str:
    """The key's thumbprint (RFC 7638, RFC 8037)."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": _encode(raw)}, separators=(",", ":"))
    return _encode(hashlib.sha256(jwk.encode()).digest())


def keys_by_id(*keys: Ed25519PublicKey) -> dict[str, Ed25519PublicKey]:
    """Trusted keys, as `read_head` looks them up."""
    return {key_id(key): key for key in keys}


def read_public_key(pem: bytes) -> Ed25519PublicKey:
    """An Ed25519 public key. Raises `ValueError`: it is none."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    return key


def sign_head(head: Head, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The head as a compact JWS.

    Args:
        sign: gives the 64 bytes of Ed25519.
    """
    claims = {
        "iss": head.issuer,
        "iat": head.issued_at,
        "count": head.count,
        "digest": head.digest.hex(),
    }
    header = {"typ": HEAD_TYPE, "alg": ALGORITHM, "kid": kid}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{_encode(sign(signed.encode()))}"


def read_head(text: str, keys: Mapping[str, Ed25519PublicKey]) -> Head:
    """What a head says, once its signature is found good.

    Args:
        keys: trusted keys by their id.

    Raises:
        BadHead: it is none, or not of these keys.
    """
    try:
        signed, _, signature = text.strip().rpartition(".")
        header, claims = (json.loads(_decode(part)) for part in signed.split("."))
        if (header["typ"], header["alg"]) != (HEAD_TYPE, ALGORITHM) or "crit" in header:
            raise BadHead("not an audit head")
        keys[header["kid"]].verify(_decode(signature), signed.encode())
        digest = bytes.fromhex(claims["digest"])
        head = Head(str(claims["iss"]), int(claims["iat"]), int(claims["count"]), digest)
    except (KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise BadHead(str(error) or "wrong signature") from error
    return head


def _part(value: Mapping[str, object]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
