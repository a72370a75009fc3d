"""The root key pairs: made once, kept offline, the public parts shipped in the vendor's product."""

import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from app.activation.format.jws import PrivateKey, PublicKey

_PUBLIC_BLOCK = re.compile(b"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


class InvalidRoot(ValueError):
    """A PEM file holds no key of the kinds that sign, or none that this passphrase opens."""


def create_key() -> Ed25519PrivateKey:
    """A new key pair of Ed25519, for a root or for signing."""
    return Ed25519PrivateKey.generate()


def create_ml_dsa_key() -> MLDSA65PrivateKey:
    """A new key pair of ML-DSA-65, for a root or for signing."""
    return MLDSA65PrivateKey.generate()


def public_pem(key: PublicKey) -> bytes:
    """SubjectPublicKeyInfo in PEM: the file `root.pem`."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: PrivateKey, passphrase: bytes | None) -> bytes:
    """PKCS#8 in PEM, which openssl reads; in plain for None.

    Its encryption resists guessing less than an encrypted signing key: the file belongs on a medium
    that is offline, under a long passphrase.
    """
    encryption = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def read_private_pem(pem: bytes, passphrase: bytes | None) -> Ed25519PrivateKey:
    """Read a key of Ed25519 that `private_pem` wrote. Raises `InvalidRoot`."""
    key = read_private_root(pem, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidRoot("not an Ed25519 key")
    return key


def read_private_root(pem: bytes, passphrase: bytes | None) -> PrivateKey:
    """Read what `private_pem` wrote. Raises `InvalidRoot`."""
    try:
        key = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidRoot("no private key that this passphrase opens") from error
    if not isinstance(key, Ed25519PrivateKey | MLDSA65PrivateKey):
        raise InvalidRoot("neither an Ed25519 nor an ML-DSA-65 key")
    return key


def read_public_pems(pem: bytes) -> tuple[PublicKey, ...]:
    """The public keys of a file, at least one: several roots may stand in it one after the other.

    Raises `InvalidRoot`.
    """
    keys = tuple(_read_public(block) for block in _PUBLIC_BLOCK.findall(pem))
    if not keys:
        raise InvalidRoot("no public key")
    return keys


def _read_public(block: bytes) -> PublicKey:
    try:
        key = load_pem_public_key(block)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidRoot("not a public key") from error
    if not isinstance(key, Ed25519PublicKey | MLDSA65PublicKey):
        raise InvalidRoot("neither an Ed25519 nor an ML-DSA-65 key")
    return key
