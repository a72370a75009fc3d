"""The signed list of the files in an archive; docs/formats/activation-files.md describes it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.activation.batches.archive_rules import UploadedRequest
from app.activation.batches.queries import IssuedFile
from app.activation.format.jws import thumbprint
from app.activation.signing import Office, sign_file

MANIFEST_NAME = "manifest.jwt"
MANIFEST_TYPE = "activation-manifest+jwt"
MOST_BYTES = 256 * 1024


def build_manifest(
    office: Office,
    contract_number: str,
    batch: UUID,
    issued_at: datetime,
    files: Sequence[IssuedFile],
    named: Sequence[UploadedRequest],
) -> str:
    """Return the signed list, without a newline; the same text as long as the signing key stays."""
    claims = {
        "iss": office.issuer.base_url,
        "jti": str(batch),
        "iat": int(_signed_at(office, issued_at).timestamp()),
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
    return sign_file(office, MANIFEST_TYPE, claims, MOST_BYTES)


def _signed_at(office: Office, issued_at: datetime) -> datetime:
    """A moment for which today's keys are good: they may be younger than the files."""
    signers = (office.signer, office.second)
    kids = {thumbprint(each.public_key) for each in signers if each is not None}
    begun = [key.not_before for key in office.issuer.keyset.keys if key.kid in kids]
    return max(issued_at, *begun)
