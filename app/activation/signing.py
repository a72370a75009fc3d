"""Making signed files: the activation file, and any other that systems verify by the keyset."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.activation.format.jws import MAX_BYTES, thumbprint
from app.activation.format.keysets import Keyset
from app.activation.format.requests import ACTIVATION_TYPE, RequestFile
from app.activation.format.signed_files import Signer, SigningFailed, file_size, write_file
from app.activation.licensed_products import expiry
from app.activation.machine_moves import fp_min
from app.activation.rules import Issue, not_before
from app.contracts.rules import SeenContract

ACTIVATION_AUDIENCE = "licensed-system"


@dataclass(frozen=True)
class Licensee:
    """Who and what an activation is for, as the file names them."""

    contract_number: str
    contract_name: str
    company: str
    time_zone: ZoneInfo
    environment: UUID
    environment_name: str


def licensee_of(contract: SeenContract, environment: UUID, name: str) -> Licensee:
    """Return what a file says it is for: an environment of a contract, by its name."""
    return Licensee(
        contract_number=contract.number,
        contract_name=contract.name,
        company=contract.company,
        time_zone=ZoneInfo(contract.time_zone),
        environment=environment,
        environment_name=name,
    )


@dataclass(frozen=True)
class Issuer:
    """Who issues: the portal's base URL, its grace after a term in days, and its keyset."""

    base_url: str
    grace_days: int
    keyset: Keyset


@dataclass(frozen=True)
class Office:
    """What it takes to issue now: the keyset to enclose, and the keys to sign with.

    Attributes:
        signer: of Ed25519.
        second: of ML-DSA-65; None where the keyset has no such keys.
    """

    issuer: Issuer
    signer: Signer
    second: Signer | None = None


def sign_file(office: Office, typ: str, claims: Mapping[str, Any], most: int = MAX_BYTES) -> str:
    """The file of `claims` and the keyset, without a final newline, signed and verified.

    Args:
        claims: with the `iat` for which the keys must be good; without the keyset.
        most: bytes of the file.

    Raises:
        FileTooLarge: the file would have more than `most` bytes.
        SigningFailed: the keyset does not name the office's keys for that moment, or a signature
            does not verify.
    """
    keyset = office.issuer.keyset
    issued_at = datetime.fromtimestamp(claims["iat"], UTC)
    for signer in (office.signer, office.second):
        if signer and keyset.key_for(kid := thumbprint(signer.public_key), issued_at) is None:
            raise SigningFailed(f"the keyset does not name {kid} for this moment")
    enclosed = _with_keyset(office, claims)
    return write_file(typ, enclosed, office.signer, office.second, most)


def _with_keyset(office: Office, claims: Mapping[str, Any]) -> dict[str, Any]:
    keyset = office.issuer.keyset
    enclosed = {"keyset": keyset.text}
    if keyset.second is not None:
        enclosed["keyset_ml_dsa_65"] = keyset.second
    return {**enclosed, **claims}


def build_activation(
    request: RequestFile,
    issue: Issue,
    licensee: Licensee,
    office: Office,
    *,
    jti: str,
    issued_at: datetime,
) -> str:
    """The activation file, without a final newline. Raises `SigningFailed`, as `sign_file` does."""
    claims = _claims(request, issue, licensee, office.issuer, jti=jti, issued_at=issued_at)
    return sign_file(office, ACTIVATION_TYPE, claims)


def activation_size(
    request: RequestFile, issue: Issue, licensee: Licensee, office: Office, issued_at: datetime
) -> int:
    """Return how many bytes an activation file would have; nothing is signed."""
    # All ids are of one length.
    jti = str(UUID(int=0))
    claims = _claims(request, issue, licensee, office.issuer, jti=jti, issued_at=issued_at)
    enclosed = _with_keyset(office, claims)
    return file_size(ACTIVATION_TYPE, enclosed, office.signer, office.second)


def _claims(
    request: RequestFile,
    issue: Issue,
    licensee: Licensee,
    issuer: Issuer,
    *,
    jti: str,
    issued_at: datetime,
) -> dict[str, Any]:
    return {
        **_issuance(issuer, issue, jti),
        **_times(issue, licensee, issued_at),
        **_answer(request),
        **subject_claims(licensee),
    }


def _issuance(issuer: Issuer, issue: Issue, jti: str) -> dict[str, Any]:
    return {
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
