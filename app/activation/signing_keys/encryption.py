"""Private signing keys at rest: PKCS#8 under AES-256-GCM, its key from scrypt (RFC 7914).

The PKCS#8 encryption that libraries write derives the key by PBKDF2 with few rounds, which lets a
stolen database be guessed at cheaply. An encrypted key is these bytes, big-endian:

    magic "LPSK" · version 1 · log2 N · r · p · salt (16) · nonce (12) · ciphertext with tag

Everything before the ciphertext is authenticated with it.
"""

import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from app.activation.format.jws import PrivateKey

_HEAD = struct.Struct(">4sBBBB16s12s")
_MAGIC, _VERSION = b"LPSK", 1
# 64 MiB and about a fifth of a second; a start-up pays it once for each key.
_LOG2_N, _R, _P = 16, 8, 1
_MOST_LOG2_N, _MOST_R, _MOST_P = 20, 16, 4


class CannotDecrypt(ValueError):
    """The passphrase is wrong, or the encrypted key is damaged or of an unknown version."""


def encrypt(key: PrivateKey, passphrase: bytes) -> bytes:
    """Encrypt `key` for storage. Slow by design: call it in a thread.

    Raises `ValueError` for an empty passphrase.
    """
    if not passphrase:
        raise ValueError("the passphrase is empty")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head = _HEAD.pack(_MAGIC, _VERSION, _LOG2_N, _R, _P, salt, nonce)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    secret = _derive(passphrase, salt, _LOG2_N, _R, _P)
    return head + AESGCM(secret).encrypt(nonce, der, head)


def decrypt(encrypted: bytes, passphrase: bytes) -> PrivateKey:
    """Decrypt what `encrypt` wrote. Slow by design: call it in a thread. Raises `CannotDecrypt`."""
    if len(encrypted) <= _HEAD.size:
        raise CannotDecrypt("too short")
    head, ciphertext = encrypted[: _HEAD.size], encrypted[_HEAD.size :]
    magic, version, log2_n, r, p, salt, nonce = _HEAD.unpack(head)
    if (magic, version) != (_MAGIC, _VERSION):
        raise CannotDecrypt("of an unknown version")
    if not (0 < log2_n <= _MOST_LOG2_N and 0 < r <= _MOST_R and 0 < p <= _MOST_P):
        raise CannotDecrypt("asks for more work than any key of ours")
    try:
        der = AESGCM(_derive(passphrase, salt, log2_n, r, p)).decrypt(nonce, ciphertext, head)
    except InvalidTag as error:
        raise CannotDecrypt("wrong passphrase, or damaged") from error
    key = load_der_private_key(der, password=None)
    if not isinstance(key, Ed25519PrivateKey | MLDSA65PrivateKey):
        raise CannotDecrypt("not a key that signs")
    return key


def _derive(passphrase: bytes, salt: bytes, log2_n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << log2_n, r=r, p=p).derive(passphrase)
