"""An issuer with two roots, as the portal has them after ``portal keys init --post-quantum``."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from tests.licensed_system.issuer import (
    START,
    Claims,
    Issuer,
    encode,
    header_of,
)

ML_DSA = "ML-DSA-65"
SPKI = bytes.fromhex("308207b2300b0609608648016503040312038207a100")


@dataclass(frozen=True)
class SecondKey:
    """The same ML-DSA-65 key pair for the same words."""

    seed: str

    @property
    def private(self) -> MLDSA65PrivateKey:
        return MLDSA65PrivateKey.from_seed_bytes(hashlib.sha256(self.seed.encode()).digest())

    @cached_property
    def raw(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def jwk(self) -> Claims:
        return {"kty": "AKP", "alg": ML_DSA, "pub": encode(self.raw)}

    @cached_property
    def kid(self) -> str:
        members = json.dumps(self.jwk, sort_keys=True, separators=(",", ":"))
        return encode(hashlib.sha256(members.encode()).digest())

    @property
    def pem(self) -> bytes:
        text = base64.encodebytes(SPKI + self.raw).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n".encode()

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


def detached(whole: str, key: SecondKey, **header: Any) -> str:
    """The detached JWS of ``key`` over the payload of the line ``whole``."""
    typ = header_of(whole)["typ"]
    full = {"typ": typ, "alg": ML_DSA, "kid": key.kid, **header}
    head, payload = encode(json.dumps(full).encode()), whole.split(".")[1]
    return f"{head}..{encode(key.sign(f'{head}.{payload}'.encode()))}"


@dataclass
class HybridIssuer(Issuer):
    """One vendor with a pair of roots and a pair of signing keys."""

    kind: Callable[[str], SecondKey] = SecondKey
    second_root: SecondKey = field(init=False)
    second_signer: SecondKey = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.second_root = self.kind(f"{self.seed} second root")
        self.second_signer = self.kind(f"{self.seed} second signing key")

    @property
    def trust(self) -> bytes:
        return super().trust + self.second_root.pem

    @property
    def first_trust(self) -> bytes:
        """What a system pins that knows nothing of ML-DSA-65."""
        return super().trust

    def second_entry(self, key: SecondKey, **changes: Any) -> Claims:
        window = {name: self.entry(self.signer)[name] for name in ("nbf", "exp")}
        return {**key.jwk, "kid": key.kid, **window, **changes}

    def pair(self) -> list[Claims]:
        return [self.entry(self.signer), self.second_entry(self.second_signer)]

    def keyset(self, keys: Sequence[object] | None = None, **header: Any) -> str:
        return super().keyset(self.pair() if keys is None else keys, **header)

    def enclosed(self, keys: Sequence[object] | None = None, **header: Any) -> Claims:
        """Both claims of a keyset; ``header`` is that of the second."""
        keyset = self.keyset(keys)
        second = detached(keyset, self.second_root, **header)
        return {"keyset": keyset, "keyset_ml_dsa_65": second}

    def claims(self, request: str | bytes, now: datetime = START, **changes: Any) -> Claims:
        return super().claims(request, now, **{**self.enclosed(), **changes})

    def lines(self, claims: Claims | bytes, **header: Any) -> tuple[str, str]:
        """Both lines of a file; ``header`` is that of the second."""
        first = super().sign(claims).decode().strip()
        return first, detached(first, self.second_signer, **header)

    def sign(self, claims: Claims | bytes, **header: Any) -> bytes:
        """A file of these claims; ``header`` replaces or adds members of the first header."""
        first = super().sign(claims, **header).decode().strip()
        second = detached(first, self.second_signer, typ="activation+jwt")
        return f"{first}\n{second}\n".encode()
