"""What a signed manifest says of a resource; docs/formats/resource-manifests.md describes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

MANIFEST_TYPE = "resource-manifest+jwt"
MOST_MANIFEST_BYTES = 256 * 1024
# A larger file is read again, and signed, by the background task: a request must not wait for it.
MOST_READ_AT_ONCE = 64 * 1024**2


@dataclass(frozen=True)
class SignedProduct:
    """A product as a manifest names it."""

    code: str
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class SignedFacts:
    """What a manifest says of a resource."""

    name: str
    version: str
    size: int
    sha256: str
    security_fix: bool
    products: Sequence[SignedProduct]


def claims_of(facts: SignedFacts, *, jti: UUID, issued_at: datetime) -> dict[str, Any]:
    """Return the claims about the file; keyset and issuer are added where they are signed."""
    return {
        "jti": str(jti),
        "iat": int(issued_at.timestamp()),
        "products": [
            {"code": each.code, "name": {"ja": each.name_ja, "en": each.name_en}}
            for each in facts.products
        ],
        "version": facts.version,
        "name": facts.name,
        "size": facts.size,
        "sha256": facts.sha256,
        "security_fix": facts.security_fix,
    }
