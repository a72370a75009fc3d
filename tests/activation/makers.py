"""Real keys, request files and activations for the tests, the same on every run."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.activation.format.jws import encode, thumbprint, write_jwk
from app.activation.format.keyset_keys import KeysetKey
from app.activation.format.keysets import (
    Keyset,
    read_signed_keyset,
    rotated_keyset,
    sign_keyset,
)
from app.activation.format.requests import RequestFile, read_request
from app.activation.format.signed_files import LocalSigner
from app.activation.licensed_products import LicensedProduct, Unit
from app.activation.rules import Issue, Situation
from app.activation.signing import Issuer, Licensee, Office, build_activation
from app.products.rules import Term

NOW = datetime(2026, 11, 22, 6, 30, 15, tzinfo=UTC)
TODAY = date(2026, 11, 22)
TOKYO = ZoneInfo("Asia/Tokyo")
ENVIRONMENT = UUID("01980000-0000-7000-8000-000000000001")
CONTRACT = Term(date(2026, 4, 1), date(2027, 3, 31))


def key(name: str) -> Ed25519PrivateKey:
    """The same key pair for the same name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def digest(text: str) -> str:
    """A component of a fingerprint, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good request; a change to ... leaves the claim out."""
    good = {
        "aud": "license-portal",
        "iat": int(NOW.timestamp()) - 600,
        "jti": "0198a5f0-8f6e-7cc4-9d53-6c3b6a3f0a11",
        "nonce": "qL8m2R0vTj6yXb1nWc4dEg",
        "system": {"name": "製造ライン1", "host": "line1.example.com", "os": "Linux 6.1"},
        "products": [
            {"code": "PLATFORM", "version": "5.0"},
            {"code": "WORKFLOW", "version": "3.2"},
        ],
        "fp": {name: digest(name) for name in ("machine", "board", "network", "volume", "host")},
        "fp_salt": "c2FsdHNhbHRzYWx0c2FsdA",
        "prev_seq": 0,
        "prev_jti": None,
        "purpose": "activate",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def header(signer: Ed25519PrivateKey, **changes: Any) -> dict[str, Any]:
    """The header of a good request; a change to ... leaves the member out."""
    good = {
        "typ": "activation-request+jwt",
        "alg": "EdDSA",
        "jwk": write_jwk(signer.public_key()),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


def request_file(
    payload: Mapping[str, Any] | None = None,
    head: Mapping[str, Any] | None = None,
    signer: Ed25519PrivateKey | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A signed request file."""
    system = signer or key("system")
    text = encode(
        dict(header(system) if head is None else head),
        dict(claims() if payload is None else payload),
        sign or system.sign,
    )
    return text.encode()


def request(signer: Ed25519PrivateKey | None = None, **changes: Any) -> RequestFile:
    """A request as the portal read it."""
    found = read_request(request_file(claims(**changes), signer=signer), NOW)
    assert isinstance(found, RequestFile), found
    return found


def product(code: str = "PLATFORM", quantity: int = 4, **changes: Any) -> LicensedProduct:
    """A product whose entitlement runs as long as the contract."""
    found = LicensedProduct(
        entitlement=UUID(int=int.from_bytes(hashlib.sha256(code.encode()).digest()[:16])),
        code=code,
        name_ja="業務基盤プラットフォーム",
        name_en="Business Platform",
        unit=Unit.SERVERS,
        quantity=quantity,
        term=CONTRACT,
    )
    return replace(found, **changes)


def situation(**changes: Any) -> Situation:
    """A running contract with four servers allocated to an environment never activated."""
    found = Situation(
        environment=ENVIRONMENT,
        name="本番環境",
        retired=False,
        contract=CONTRACT,
        today=TODAY,
        allocated=[product()],
        last=None,
        same_jti=None,
        moves=[],
        has_signing_key=True,
    )
    return replace(found, **changes)


def keyset_key(name: str, begins: datetime = NOW, days: int = 365) -> KeysetKey:
    """A signing key with a window of whole days."""
    return KeysetKey(key(name).public_key(), begins, begins + timedelta(days=days))


def keyset(name: str = "signing") -> Keyset:
    """A keyset with one key, good from a day ago, signed by the root."""
    document = rotated_keyset(None, [keyset_key(name, NOW - timedelta(days=1))], NOW)
    signed = sign_keyset(document, key("root"))
    found = read_signed_keyset(signed.encode(), [key("root").public_key()])
    assert isinstance(found, Keyset), found
    return found


def licensee() -> Licensee:
    return Licensee(
        contract_number="D-1001",
        contract_name="基幹システム契約",
        company="サンプル商事株式会社",
        time_zone=TOKYO,
        environment=ENVIRONMENT,
        environment_name="本番環境",
    )


def issuer() -> Issuer:
    return Issuer("http://127.0.0.1:8000", 14, keyset())


def issue(**changes: Any) -> Issue:
    return replace(Issue(1, (product(),), False, False, None), **changes)


def activation_file() -> str:
    """A real activation file, answering `request()`."""
    return build_activation(
        request(),
        issue(),
        licensee(),
        Office(issuer(), LocalSigner(key("signing"))),
        jti="0198a5f0-9000-7000-8000-000000000001",
        issued_at=NOW,
    )


def signing_kid() -> str:
    return thumbprint(key("signing").public_key())
