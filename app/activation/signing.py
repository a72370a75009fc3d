"""Making the activation file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from app.activation.format.jws import ALGORITHM, JwsError, decode, encode, is_signed_by, thumbprint
from app.activation.format.keysets import Keyset
from app.activation.format.requests import ACTIVATION_TYPE, RequestFile
from app.activation.licensed_products import expiry
from app.activation.machine_moves import fp_min
from app.activation.rules import Issue, not_before

ACTIVATION_AUDIENCE = "licensed-system"


class SigningFailed(RuntimeError):
    """No file left: the key may not sign now, or what the signer gave back does not verify."""


class Signer(Protocol):
    """Whatever holds a signing key: this process, a key management service, a hardware module."""

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The public part, known beforehand and not asked of the holder at each signature."""

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of Ed25519 over `data`. May block and may raise what its holder raises."""


class LocalSigner:
    """A signing key in this process."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key()

    def sign(self, data: bytes) -> bytes:
        """Sign at once; never raises."""
        return self._key.sign(data)


@dataclass(frozen=True)
class Licensee:
    """Who and what an activation is for, as the file names them."""

    contract_number: str
    contract_name: str
    company: str
    time_zone: ZoneInfo
    environment: UUID
    environment_name: str


@dataclass(frozen=True)
class Issuer:
    """Who issues: the portal's base URL, its grace after a term in days, and its keyset."""

    base_url: str
    grace_days: int
    keyset: Keyset


def build_activation(
    request: RequestFile,
    issue: Issue,
    licensee: Licensee,
    issuer: Issuer,
    *,
    jti: str,
    issued_at: datetime,
    signer: Signer,
) -> str:
    """The activation file, without a newline, signed and verified.

    Raises `SigningFailed` where the keyset does not name the signer's key for `issued_at`, the file
    would exceed 64 KiB, or the signature does not verify.
    """
    claims = {
        **_issuance(issuer, issue, jti),
        **_times(issue, licensee, issued_at),
        **_answer(request),
        **subject_claims(licensee),
    }
    return sign_claims(ACTIVATION_TYPE, claims, issuer, signer, issued_at)


def sign_claims(
    typ: str, claims: dict[str, Any], issuer: Issuer, signer: Signer, issued_at: datetime
) -> str:
    """Return the claims as a file of this type, without a newline, signed and verified.

    Raises `SigningFailed` as `build_activation` does.
    """
    kid = thumbprint(signer.public_key)
    if issuer.keyset.key_for(kid, issued_at) is None:
        raise SigningFailed(f"the keyset does not name {kid} for this moment")
    header = {"typ": typ, "alg": ALGORITHM, "kid": kid}
    text = encode(header, claims, signer.sign)
    _verify(text, header, claims, signer.public_key)
    return text


def _issuance(issuer: Issuer, issue: Issue, jti: str) -> dict[str, Any]:
    return {
        "keyset": issuer.keyset.text,
        "iss": issuer.base_url,
        "aud": ACTIVATION_AUDIENCE,
        "jti": jti,
        "seq": issue.seq,
        "products": [product.claim() for product in issue.products],
        "grace_days": issuer.grace_days,
        "supersedes": issue.supersedes,
    }


def _times(issue: Issue, licensee: Licensee, issued_at: datetime) -> dict[str, int]:
    return {
        "iat": int(issued_at.timestamp()),
        "nbf": int(not_before(issued_at).timestamp()),
        "exp": int(expiry(issue.products, licensee.time_zone).timestamp()),
    }


def _answer(request: RequestFile) -> dict[str, Any]:
    """What binds the file to the one system that asked."""
    return {
        "nonce": request.nonce,
        "request_jti": request.jti,
        "cnf": {"jkt": request.jkt},
        "fp": request.fp,
        "fp_salt": request.fp_salt,
        "fp_min": fp_min(request.fp),
    }


def subject_claims(licensee: Licensee) -> dict[str, Any]:
    """Return what a file says about its environment and contract."""
    return {
        "sub": str(licensee.environment),
        "contract": {
            "number": licensee.contract_number,
            "name": licensee.contract_name,
            "company": licensee.company,
            "time_zone": licensee.time_zone.key,
        },
        "environment": {"name": licensee.environment_name},
    }


def _verify(
    text: str, header: Mapping[str, Any], claims: Mapping[str, Any], key: Ed25519PublicKey
) -> None:
    """Read the file as a stranger would. A faulty signature could also give the key away."""
    try:
        jws = decode(text.encode())
    except JwsError as error:
        raise SigningFailed(f"the file is {error.fault.value}") from error
    if not is_signed_by(jws, key) or jws.header != header or jws.payload != claims:
        raise SigningFailed("the signature does not verify")
