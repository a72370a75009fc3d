"""The pinned roots: what a file must lead to before anything in it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from licensed_system import keys, ml_dsa
from licensed_system.ml_dsa import MlDsaKey

_PEM_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


@dataclass(frozen=True)
class Roots:
    """Public root keys by thumbprint. With one of ML-DSA-65, every file needs both signatures."""

    ed25519: Mapping[str, Ed25519PublicKey]
    ml_dsa: Mapping[str, MlDsaKey]

    @property
    def are_hybrid(self) -> bool:
        """Whether one signature is not enough."""
        return bool(self.ml_dsa)


def read_roots(pem: bytes) -> Roots:
    """Every root key in ``pem``. Raises as :func:`read_keys` does, and where none is of Ed25519."""
    roots = read_keys(pem)
    if not roots.ed25519:
        raise ValueError("no Ed25519 public key")
    return roots


def read_keys(pem: bytes) -> Roots:
    """Every public key (PEM SubjectPublicKeyInfo) in ``pem``.

    Raises ``ValueError`` where there is none, or a key of another kind, and ``Refused``
    (``cryptography-too-old``) where this machine cannot verify with one.
    """
    roots: dict[str, Ed25519PublicKey] = {}
    second: dict[str, MlDsaKey] = {}
    for block in _PEM_BLOCK.findall(pem):
        if found := ml_dsa.from_pem(block):
            found.load()
            second[found.thumbprint] = found
            continue
        key = serialization.load_pem_public_key(block)
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("a root is neither an Ed25519 nor an ML-DSA-65 key")
        roots[keys.thumbprint(key)] = key
    if not roots and not second:
        raise ValueError("no public key")
    return Roots(roots, second)


def write_roots(roots: Roots) -> bytes:
    """The PEM that :func:`read_roots` reads."""
    first = (keys.write_public(key) for key in roots.ed25519.values())
    return b"".join([*first, *(ml_dsa.to_pem(key) for key in roots.ml_dsa.values())])
