"""Ed25519 keys: thumbprints, JWKs and PEM."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from licensed_system import jws


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The three required members of the key as a JWK (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": jws.encode(key.public_bytes_raw())}


def thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638 thumbprint, base64url: SHA-256 of the required members in alphabetical order."""
    jwk = public_jwk(key)
    canonical = f'{{"crv":"{jwk["crv"]}","kty":"{jwk["kty"]}","x":"{jwk["x"]}"}}'
    return jws.encode(hashlib.sha256(canonical.encode("ascii")).digest())


def from_jwk(jwk: dict[str, Any]) -> Ed25519PublicKey:
    """The public key of an Ed25519 JWK. Raises ``ValueError`` for anything else."""
    x = jwk.get("x")
    if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or not isinstance(x, str):
        raise ValueError("not an Ed25519 JWK")
    return Ed25519PublicKey.from_public_bytes(jws.decode(x))


def verifies(key: Ed25519PublicKey, file: jws.Jws) -> bool:
    """Whether ``key`` made the signature of ``file``."""
    try:
        key.verify(file.signature, file.signing_input)
    except InvalidSignature:
        return False
    return True


def write_public(key: Ed25519PublicKey) -> bytes:
    """PEM SubjectPublicKeyInfo."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def write_private(key: Ed25519PrivateKey) -> bytes:
    """PEM PKCS#8. Not encrypted: the system must start unattended; the file's mode guards it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def read_private(pem: bytes) -> Ed25519PrivateKey:
    """The key :func:`write_private` wrote. Raises ``ValueError`` for anything else."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return key
