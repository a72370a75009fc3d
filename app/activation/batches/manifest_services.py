"""The signed list of the files in an archive; docs/formats/activation-files.md describes it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.activation.batches.archive_rules import UploadedRequest
from app.activation.batches.queries import IssuedFile
from app.activation.format.jws import ALGORITHM, encode, thumbprint
from app.activation.signing_keys.services import Office

MANIFEST_NAME = "manifest.jwt"
MANIFEST_TYPE = "activation-manifest+jwt"


def build_manifest(
    office: Office,
    contract_number: str,
    batch: UUID,
    issued_at: datetime,
    files: Sequence[IssuedFile],
    named: Sequence[UploadedRequest],
) -> str:
    """Return the signed list, without a newline; the same text as long as the signing key stays."""
    kid = thumbprint(office.signer.public_key)
    header = {"typ": MANIFEST_TYPE, "alg": ALGORITHM, "kid": kid}
    claims = {
        "keyset": office.issuer.keyset.text,
        "iss": office.issuer.base_url,
        "jti": str(batch),
        "iat": int(issued_at.timestamp()),
        "contract": {"number": contract_number},
        "files": [
            {
                "name": file.name,
                "sha256": hashlib.sha256(file.content).hexdigest(),
                "sub": str(each.environment.id),
                "seq": each.activation.seq,
                "jti": each.activation.jti,
            }
            for each, file in zip(files, named, strict=True)
        ],
    }
    return encode(header, claims, office.signer.sign)
