"""Compact JWS (RFC 7515) with keys of Ed25519 (RFC 8037) and ML-DSA-65 (FIPS 204, RFC 9964)."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from app.activation.format.curve_points import is_safe_point
from app.activation.format.strict_json import (
    DuplicateMember,
    NotStrictJson,
    read_object,
    write_object,
)

ALGORITHM, ML_DSA = "EdDSA", "ML-DSA-65"
MAX_BYTES = 64 * 1024
SIGNATURE_BYTES = {ALGORITHM: 64, ML_DSA: 3309}

Jwk = dict[str, str]
PublicKey = Ed25519PublicKey | MLDSA65PublicKey
PrivateKey = Ed25519PrivateKey | MLDSA65PrivateKey

_BASE64URL = re.compile("[A-Za-z0-9_-]+")


class JwsFault(StrEnum):
    """Why a file is no compact JWS."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NOT_TEXT = "not-text"
    MALFORMED = "malformed"
    DUPLICATE_MEMBER = "duplicate-member"


class JwsError(ValueError):
    """A file is no compact JWS; `fault` says why."""

    def __init__(self, fault: JwsFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class InvalidKey(ValueError):
    """A JWK is no public key that proves anything."""


@dataclass(frozen=True)
class Jws:
    """A decoded compact JWS whose signature is not verified yet."""

    text: str
    header: dict[str, Any]
    payload: dict[str, Any]
    signing_input: bytes
    signature: bytes


def without_final_newline(data: bytes) -> bytes:
    """`data` without the one final newline that a file may carry (CRLF is one too)."""
    return data.removesuffix(b"\n").removesuffix(b"\r") if data.endswith(b"\n") else data


def decode(data: bytes, most: int = MAX_BYTES) -> Jws:
    """Take one line of at most `most` bytes apart, strictly. Raises `JwsError`."""
    text = _one_line(data, most)
    parts = text.split(".")
    if len(parts) != 3:
        raise JwsError(JwsFault.MALFORMED)
    header, payload, signature = (_decode_part(part) for part in parts)
    return Jws(
        text=text,
        header=_json_part(header),
        payload=_json_part(payload),
        signing_input=text.rpartition(".")[0].encode(),
        signature=signature,
    )


def encode(header: dict[str, Any], payload: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """The compact JWS of `payload`, without a newline; `sign` makes the bytes of the signature."""
    signing_input = b".".join(
        encode_base64url(write_object(part)).encode() for part in (header, payload)
    )
    return f"{signing_input.decode()}.{encode_base64url(sign(signing_input))}"


def is_signed_by(jws: Jws, key: PublicKey) -> bool:
    """Whether the signature is `key`'s. What the header says about keys plays no part."""
    if len(jws.signature) != SIGNATURE_BYTES[algorithm_of(key)]:
        return False
    try:
        key.verify(jws.signature, jws.signing_input)
    except InvalidSignature:
        return False
    return True


def read_jwk(jwk: object) -> Ed25519PublicKey:
    """The key of an OKP/Ed25519 JWK; its other members are ignored. Raises `InvalidKey`."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise InvalidKey("not an Ed25519 key")
    x = jwk.get("x")
    if not isinstance(x, str):
        raise InvalidKey("x is not a string")
    try:
        point = decode_base64url(x)
    except ValueError as error:
        raise InvalidKey("x is not base64url") from error
    if not is_safe_point(point):
        raise InvalidKey("x is not a point of large order")
    return Ed25519PublicKey.from_public_bytes(point)


def read_ml_dsa_jwk(jwk: dict[str, Any]) -> MLDSA65PublicKey:
    """The key of an AKP JWK for ML-DSA-65; its other members are ignored. Raises `InvalidKey`."""
    pub = jwk.get("pub")
    if (jwk.get("kty"), jwk.get("alg")) != ("AKP", ML_DSA) or not isinstance(pub, str):
        raise InvalidKey("not an ML-DSA-65 key")
    try:
        return MLDSA65PublicKey.from_public_bytes(decode_base64url(pub))
    except ValueError as error:
        raise InvalidKey("pub is not the bytes of a key") from error


def algorithm_of(key: PublicKey) -> str:
    """The `alg` of the signatures that a key verifies."""
    return ALGORITHM if isinstance(key, Ed25519PublicKey) else ML_DSA


def write_jwk(key: PublicKey) -> Jwk:
    """The three members that make the key (RFC 8037, section 2; RFC 9964, section 3)."""
    raw = encode_base64url(key.public_bytes_raw())
    if isinstance(key, Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": raw}
    return {"kty": "AKP", "alg": ML_DSA, "pub": raw}


def thumbprint(key: PublicKey) -> str:
    """RFC 7638 thumbprint with SHA-256, base64url: a `kid` or a `jkt`."""
    return encode_base64url(
        hashlib.sha256(write_object(dict(sorted(write_jwk(key).items())))).digest()
    )


def encode_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """Decode what `encode_base64url` would have written. Raises `ValueError` on anything else."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(data) != text:
        raise ValueError("not the canonical base64url")
    return data


def _one_line(data: bytes, most: int) -> str:
    if len(data) > most:
        raise JwsError(JwsFault.TOO_LARGE)
    line = without_final_newline(data)
    if not line.strip():
        raise JwsError(JwsFault.EMPTY)
    try:
        return line.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise JwsError(JwsFault.NOT_TEXT) from error


def _decode_part(part: str) -> bytes:
    try:
        return decode_base64url(part)
    except ValueError as error:
        raise JwsError(JwsFault.MALFORMED) from error


def _json_part(part: bytes) -> dict[str, Any]:
    try:
        return read_object(part.decode("utf-8", "strict"))
    except DuplicateMember as error:
        raise JwsError(JwsFault.DUPLICATE_MEMBER) from error
    except (NotStrictJson, UnicodeDecodeError) as error:
        raise JwsError(JwsFault.MALFORMED) from error
