"""The text of an emergency file; docs/formats/activation-files.md describes it."""

from collections.abc import Sequence
from datetime import datetime

from app.activation.emergencies.rules import EMERGENCY_DAYS
from app.activation.format.requests import EMERGENCY_TYPE
from app.activation.licensed_products import LicensedProduct, expiry
from app.activation.rules import not_before
from app.activation.signing import (
    ACTIVATION_AUDIENCE,
    Licensee,
    Office,
    sign_file,
    subject_claims,
)


def build_emergency_file(
    office: Office,
    licensee: Licensee,
    products: Sequence[LicensedProduct],
    *,
    slot: int,
    jti: str,
    issued_at: datetime,
) -> str:
    """Return the file without a final newline, signed and verified.

    It answers no request and names no machine, so anyone who holds it can use it.

    Raises:
        SigningFailed: no file left the signer.
    """
    claims = {
        "iss": office.issuer.base_url,
        "aud": ACTIVATION_AUDIENCE,
        "jti": jti,
        "slot": slot,
        "emergency_days": EMERGENCY_DAYS,
        "products": [each.claim() for each in products],
        "iat": int(issued_at.timestamp()),
        "nbf": int(not_before(issued_at).timestamp()),
        "exp": int(expiry(products, licensee.time_zone).timestamp()),
        **subject_claims(licensee),
    }
    return sign_file(office, EMERGENCY_TYPE, claims)
