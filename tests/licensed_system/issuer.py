"""An issuer that signs as the portal does, with nothing of the portal's or the client's code."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Claims = dict[str, Any]
START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
KEY_YEARS = timedelta(days=400)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_from(seed: str) -> Ed25519PrivateKey:
    """The same key for the same words, so that test vectors can be made again."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


def jwk_of(key: Ed25519PrivateKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().public_bytes_raw())}


def kid_of(key: Ed25519PrivateKey) -> str:
    members = json.dumps(jwk_of(key), sort_keys=True, separators=(",", ":"))
    return encode(hashlib.sha256(members.encode()).digest())


def pem_of(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def sign(header: Claims, claims: Claims | bytes, key: Ed25519PrivateKey) -> str:
    body = claims if isinstance(claims, bytes) else json.dumps(claims, ensure_ascii=False).encode()
    parts = f"{encode(json.dumps(header).encode())}.{encode(body)}"
    return f"{parts}.{encode(key.sign(parts.encode()))}"


def claims_of(token: str | bytes) -> Claims:
    text = token.decode() if isinstance(token, bytes) else token
    claims: Claims = json.loads(decode(text.strip().split(".")[1]))
    return claims


def header_of(token: str | bytes) -> Claims:
    text = token.decode() if isinstance(token, bytes) else token
    header: Claims = json.loads(decode(text.strip().split(".")[0]))
    return header


def product(code: str = "PLATFORM", **changes: Any) -> Claims:
    """A product's claim: PLATFORM, 4 servers, 2026-04-01 to 2027-03-31."""
    return {
        "code": code,
        "name": {"ja": "業務基盤プラットフォーム", "en": "Business Platform"},
        "unit": "servers",
        "quantity": 4,
        "not_before": "2026-04-01",
        "not_after": "2027-03-31",
    } | changes


@dataclass
class Issuer:
    """One vendor: a root key, a signing key, and the files they sign."""

    seed: str = "issuer"
    version: int = 1
    root: Ed25519PrivateKey = field(init=False)
    signer: Ed25519PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.root = key_from(f"{self.seed} root")
        self.signer = key_from(f"{self.seed} signing key")

    @property
    def trust(self) -> bytes:
        return pem_of(self.root)

    def entry(self, key: Ed25519PrivateKey, **changes: Any) -> Claims:
        """A keyset's entry for ``key``, valid around START."""
        window = {
            "nbf": int((START - KEY_YEARS).timestamp()),
            "exp": int((START + KEY_YEARS).timestamp()),
        }
        return {**jwk_of(key), "kid": kid_of(key), **window, **changes}

    def keyset(self, keys: Sequence[object] | None = None, **header: Any) -> str:
        listed = [self.entry(self.signer)] if keys is None else list(keys)
        claims = {"version": self.version, "iat": int(START.timestamp()), "keys": listed}
        full = {"typ": "keyset+jwt", "alg": "EdDSA", "kid": kid_of(self.root), **header}
        return sign(full, claims, self.root)

    def claims(self, request: str | bytes, now: datetime = START, **changes: Any) -> Claims:
        """What the portal answers to a request; ``changes`` replace claims."""
        asked, iat = claims_of(request), int(now.timestamp())
        products = changes.get("products", [product()])
        return {
            "keyset": self.keyset(),
            "iss": "https://portal.example.com",
            "aud": "licensed-system",
            "sub": "0198c0de-0000-7000-8000-000000000001",
            "jti": f"activation {asked['jti'][:8]}",
            "iat": iat,
            "nbf": iat - 86400,
            "exp": _after_last_day(products),
            "seq": asked["prev_seq"] + 1,
            "nonce": asked["nonce"],
            "request_jti": asked["jti"],
            "cnf": {"jkt": _thumbprint(header_of(request)["jwk"])},
            "fp": asked["fp"],
            "fp_salt": asked["fp_salt"],
            "fp_min": (len(asked["fp"]) + 1) // 2,
            "contract": {
                "number": "D-1001",
                "name": "基幹システム契約",
                "company": "サンプル商事株式会社",
                "time_zone": "Asia/Tokyo",
            },
            "environment": {"name": "本番環境"},
            "products": products,
            "grace_days": 14,
            "supersedes": asked["prev_jti"],
        } | changes

    def emergency_claims(self, now: datetime = START, **changes: Any) -> Claims:
        """What the portal puts into an emergency file; ``changes`` replace claims."""
        iat = int(now.timestamp())
        products = changes.get("products", [product()])
        return {
            "keyset": self.keyset(),
            "iss": "https://portal.example.com",
            "aud": "licensed-system",
            "sub": "0198c0de-0000-7000-8000-000000000001",
            "jti": "emergency file 1",
            "slot": 1,
            "emergency_days": 14,
            "iat": iat,
            "nbf": iat - 86400,
            "exp": _after_last_day(products),
            "contract": {
                "number": "D-1001",
                "name": "基幹システム契約",
                "company": "サンプル商事株式会社",
                "time_zone": "Asia/Tokyo",
            },
            "environment": {"name": "本番環境"},
            "products": products,
        } | changes

    def emergency(self, now: datetime = START, **changes: Any) -> bytes:
        """An emergency file."""
        return self.sign(self.emergency_claims(now, **changes), typ="emergency-activation+jwt")

    def sign(self, claims: Claims | bytes, **header: Any) -> bytes:
        """A file of these claims; ``header`` replaces or adds members of the header."""
        full = {"typ": "activation+jwt", "alg": "EdDSA", "kid": kid_of(self.signer), **header}
        return sign(full, claims, self.signer).encode() + b"\n"

    def answer(self, request: str | bytes, now: datetime = START, **changes: Any) -> bytes:
        """The activation file that answers ``request``."""
        return self.sign(self.claims(request, now, **changes))


def _after_last_day(products: list[Claims]) -> int:
    last = max(date.fromisoformat(entry["not_after"]) for entry in products)
    after = last + timedelta(days=1)
    tokyo = timedelta(hours=9)
    return int((datetime(after.year, after.month, after.day, tzinfo=UTC) - tokyo).timestamp())


def _thumbprint(jwk: Claims) -> str:
    members = {name: jwk[name] for name in ("crv", "kty", "x")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return encode(hashlib.sha256(canonical.encode()).digest())
