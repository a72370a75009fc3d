"""Whether a file leads to the pinned roots: the rules that all kinds of signed files share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from licensed_system import claims, jws, keys, ml_dsa
from licensed_system.jws import Json, Jws, SignedFile
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.trust import Roots

KEYSET, SECOND_KEYSET = "keyset", "keyset_ml_dsa_65"
KEYSET_TYPE = "keyset+jwt"


@dataclass(frozen=True)
class Verified:
    """What a file says, once its signatures lead to pinned roots. ``claims`` holds all of it."""

    claims: Json
    keyset_version: int
    issued_at: datetime


@dataclass(frozen=True)
class _SigningKey:
    algorithm: str
    verifies: Callable[[Jws], bool]
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class _Keyset:
    version: int
    keys: Mapping[str, _SigningKey]

    def signer(self, line: Jws, algorithm: str) -> _SigningKey:
        """The listed key that ``line`` names. Raises ``unknown-signing-key``."""
        listed = self.keys.get(_kid(line))
        if listed is None or listed.algorithm != algorithm:
            raise refuse(Outcome.UNKNOWN_SIGNING_KEY)
        return listed


def verify_file(
    data: bytes,
    typ: str,
    roots: Roots,
    keyset_version: int = 0,
    most: int = jws.MAX_BYTES,
    applied: bytes | None = None,
) -> Verified:
    """What the file ``data`` of the type ``typ`` says. Raises ``Refused``.

    ``keyset_version`` is the highest that was seen before; ``most`` is how large a file may be.
    Where the file's keyset is older, that of the file ``applied`` counts, if there is one.
    The audience and the meaning of the claims are the caller's to check.
    """
    file = jws.parse_file(data, most)
    jws.require_header(file.first.header, typ)
    second = _second(file, typ) if roots.are_hybrid else None
    keyset = _read_keyset(file.first.payload, roots)
    if keyset.version < keyset_version:
        keyset = _newer_keyset(applied, roots, keyset_version)
    signers = [keyset.signer(file.first, jws.ALGORITHM)]
    if second is not None:
        signers.append(keyset.signer(second, jws.ML_DSA))
    if not signers[0].verifies(file.first):
        raise refuse(Outcome.BAD_SIGNATURE)
    if second is not None and not signers[1].verifies(second):
        raise refuse(Outcome.BAD_SECOND_SIGNATURE)
    issued_at = _issued_at(file.first.payload)
    if not all(each.valid_from <= issued_at < each.valid_until for each in signers):
        raise refuse(Outcome.SIGNING_KEY_NOT_VALID_THEN)
    return Verified(file.first.payload, keyset.version, issued_at)


def _newer_keyset(applied: bytes | None, roots: Roots, version: int) -> _Keyset:
    if applied is None:
        raise refuse(Outcome.KEYSET_OLDER)
    keyset = _read_keyset(jws.parse_file(applied).first.payload, roots)
    if keyset.version < version:
        raise refuse(Outcome.KEYSET_OLDER)
    return keyset


def _second(file: SignedFile, typ: str) -> Jws:
    """The second line, which a system with a root of ML-DSA-65 needs. Raises ``Refused``."""
    if file.second is None or SECOND_KEYSET not in file.first.payload:
        raise refuse(Outcome.MISSING_SECOND_SIGNATURE)
    jws.require_header(file.second.header, typ, jws.ML_DSA)
    return file.second


def _issued_at(payload: Json) -> datetime:
    try:
        return claims.moment(payload, "iat")
    except ValueError as fault:
        raise refuse(Outcome.MALFORMED) from fault


def _read_keyset(payload: Json, roots: Roots) -> _Keyset:
    first = _keyset_line(payload.get(KEYSET))
    second = _second_keyset(payload.get(SECOND_KEYSET), first) if roots.are_hybrid else None
    root = roots.ed25519.get(_kid(first))
    second_root = roots.ml_dsa.get(_kid(second)) if second else None
    if root is None or (second and second_root is None):
        raise refuse(Outcome.UNKNOWN_ROOT)
    if not keys.verifies(root, first):
        raise refuse(Outcome.BAD_KEYSET)
    if second and second_root and not second_root.verifies(second):
        raise refuse(Outcome.BAD_KEYSET)
    try:
        listed = [_read_key(jwk) for jwk in claims.member(first.payload, "keys", list)]
        return _Keyset(claims.number(first.payload, "version"), dict(filter(None, listed)))
    except ValueError as fault:
        raise refuse(Outcome.BAD_KEYSET) from fault


def _keyset_line(text: object) -> Jws:
    if not isinstance(text, str) or text.endswith("\n"):
        raise refuse(Outcome.BAD_KEYSET)
    try:
        file = jws.parse(text.encode())
        jws.require_header(file.header, KEYSET_TYPE)
    except Refused as refused:
        raise refuse(Outcome.BAD_KEYSET) from refused
    return file


def _second_keyset(text: object, first: Jws) -> Jws:
    if not isinstance(text, str):
        raise refuse(Outcome.BAD_KEYSET)
    try:
        file = jws.attach(text, first)
        jws.require_header(file.header, KEYSET_TYPE, jws.ML_DSA)
    except (ValueError, RecursionError, Refused) as fault:
        raise refuse(Outcome.BAD_KEYSET) from fault
    return file


def _kid(file: Jws) -> str:
    kid = file.header.get("kid")
    return kid if isinstance(kid, str) else ""


def _read_key(jwk: object) -> tuple[str, _SigningKey] | None:
    """A listed key and its kid; ``None`` for a kind of key that this version does not know."""
    if not isinstance(jwk, dict):
        raise ValueError("a key is not an object")
    kind = (jwk.get("kty"), jwk.get("crv", jwk.get("alg")))
    verifies: Callable[[Jws], bool]
    if kind == ("OKP", "Ed25519"):
        key = keys.from_jwk(jwk)
        kid, algorithm, verifies = keys.thumbprint(key), jws.ALGORITHM, partial(keys.verifies, key)
    elif kind == ("AKP", jws.ML_DSA):
        second = ml_dsa.from_jwk(jwk)
        kid, algorithm, verifies = second.thumbprint, jws.ML_DSA, second.verifies
    else:
        return None
    if jwk.get("kid") != kid:
        raise ValueError("kid is not the key's thumbprint")
    window = claims.moment(jwk, "nbf"), claims.moment(jwk, "exp")
    return kid, _SigningKey(algorithm, verifies, *window)
