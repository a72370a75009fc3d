"""The key that signs heads of the audit log. It is no signing key: those sign activations."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.audit.heads import key_id
from app.encryption import derive, read_secret

PURPOSE = b"audit head signing key"


@dataclass(frozen=True)
class HeadSigner:
    """Signs heads.

    Attributes:
        kid: the key's thumbprint.
        sign: gives 64 bytes of Ed25519.
    """

    public_key: Ed25519PublicKey
    kid: str
    sign: Callable[[bytes], bytes]

    @property
    def public_pem(self) -> bytes:
        """What an auditor keeps."""
        return self.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def head_signer(secret_file: Path) -> HeadSigner:
    """The signer that belongs to the portal's secret; all its processes have the same.

    Raises:
        OSError: the secret cannot be read.
        ValueError: it is too short.
    """
    private = Ed25519PrivateKey.from_private_bytes(derive(read_secret(secret_file), PURPOSE))
    public = private.public_key()
    return HeadSigner(public, key_id(public), private.sign)
