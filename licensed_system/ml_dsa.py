"""ML-DSA-65 keys (FIPS 204) as JWKs (RFC 9964) and PEM.

Reading, naming and comparing them needs no library. Only verifying does: ``cryptography`` 48 or
later, where a root of this kind is pinned.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from licensed_system import jws
from licensed_system.outcomes import Outcome, refuse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

KEY_BYTES = 1952
_MODULE = "cryptography.hazmat.primitives.asymmetric.mldsa"
# SubjectPublicKeyInfo up to the key: the algorithm 2.16.840.1.101.3.4.3.18 without parameters.
_PREFIX = bytes.fromhex("308207b2300b0609608648016503040312038207a100")
_BEGIN, _END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_LINE = 64


@dataclass(frozen=True)
class MlDsaKey:
    """A public key. Raises ``ValueError`` for bytes of another length."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise ValueError("not the bytes of an ML-DSA-65 key")

    @property
    def thumbprint(self) -> str:
        """RFC 7638 thumbprint, base64url; ``alg`` is a required member of this kind of key."""
        pub = jws.encode(self.raw)
        canonical = f'{{"alg":"{jws.ML_DSA}","kty":"AKP","pub":"{pub}"}}'
        return jws.encode(hashlib.sha256(canonical.encode("ascii")).digest())

    def verifies(self, file: jws.Jws) -> bool:
        """Whether this key made the signature. Raises ``Refused``: ``cryptography-too-old``."""
        try:
            self.load().verify(file.signature, file.signing_input)
        except InvalidSignature:
            return False
        return True

    def load(self) -> MLDSA65PublicKey:
        """The key that verifies. Raises ``Refused``: ``cryptography-too-old``."""
        try:
            kind: type[MLDSA65PublicKey] = import_module(_MODULE).MLDSA65PublicKey
            return kind.from_public_bytes(self.raw)
        except (ImportError, UnsupportedAlgorithm) as fault:
            raise refuse(Outcome.CRYPTOGRAPHY_TOO_OLD) from fault


def from_jwk(jwk: dict[str, Any]) -> MlDsaKey:
    """The public key of an ML-DSA-65 JWK. Raises ``ValueError`` for anything else."""
    pub = jwk.get("pub")
    if jwk.get("kty") != "AKP" or jwk.get("alg") != jws.ML_DSA or not isinstance(pub, str):
        raise ValueError("not an ML-DSA-65 JWK")
    return MlDsaKey(jws.decode(pub))


def from_pem(block: bytes) -> MlDsaKey | None:
    """The key in a PEM SubjectPublicKeyInfo; ``None`` for a key of another kind."""
    try:
        der = base64.b64decode(b"".join(block.split(b"-----")[2].split()), validate=True)
    except binascii.Error:
        return None
    return MlDsaKey(der.removeprefix(_PREFIX)) if der.startswith(_PREFIX) else None


def to_pem(key: MlDsaKey) -> bytes:
    """PEM SubjectPublicKeyInfo, the form :func:`from_pem` reads."""
    text = base64.b64encode(_PREFIX + key.raw).decode("ascii")
    lines = [text[place : place + _LINE] for place in range(0, len(text), _LINE)]
    return "\n".join([_BEGIN, *lines, _END, ""]).encode("ascii")
