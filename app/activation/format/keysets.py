"""Keysets: the signing keys that the root vouches for, and from when to when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from app.activation.format.jws import (
    ALGORITHM,
    ML_DSA,
    Jws,
    JwsError,
    PublicKey,
    algorithm_of,
    is_signed_by,
    thumbprint,
)
from app.activation.format.keyset_keys import (
    InvalidKeyset,
    KeysetKey,
    read_entry,
    read_time,
    seconds,
    write_entry,
)
from app.activation.format.signed_files import LocalSigner, SigningFailed, read_file, write_file
from app.activation.format.strict_json import NotStrictJson, read_object, write_object

KEYSET_TYPE = "keyset+jwt"
SIGNING_KEY_DAYS = 400
MOST_SIGNING_KEY_DAYS = 3650
# A keyset travels in every activation file, which is at most 64 KiB; there, a key of ML-DSA-65
# takes 4.6 kB.
MAX_KEYS, MAX_ML_DSA_KEYS = 16, 4


class KeysetOutcome(StrEnum):
    """Every way in which a keyset is refused."""

    MALFORMED = "malformed"
    WRONG_TYPE = "wrong-type"
    UNKNOWN_ROOT = "unknown-root"
    BAD_SIGNATURE = "bad-signature"
    MISSING_SECOND_SIGNATURE = "missing-second-signature"
    INVALID_KEYS = "invalid-keys"
    NOT_NEWER = "not-newer"


@dataclass(frozen=True)
class Keyset:
    """A keyset that the roots have signed.

    Attributes:
        text: its compact JWS by the root of Ed25519.
        second: the detached JWS by the root of ML-DSA-65; None where there is no such root.
    """

    text: str
    version: int
    issued_at: datetime
    keys: tuple[KeysetKey, ...]
    second: str | None = None

    @property
    def file(self) -> str:
        """The keyset as a file, without a final newline."""
        return self.text if self.second is None else f"{self.text}\n{self.second}"

    def key_for(self, kid: str, issued_at: datetime) -> KeysetKey | None:
        """The named key, if it is good for a file issued then."""
        named = (key for key in self.keys if key.kid == kid and key.is_good_at(issued_at))
        return next(named, None)

    def newest_key(
        self, held: Collection[str], now: datetime, algorithm: str = ALGORITHM
    ) -> KeysetKey | None:
        """The key to sign with: of the kids that are `held`, the good one that began last."""
        good = [
            key
            for key in self.keys
            if key.algorithm == algorithm and key.kid in held and key.is_good_at(now)
        ]
        return max(good, key=lambda key: (key.not_before, key.kid), default=None)

    def signing_kids(self, held: Collection[str], now: datetime) -> list[str] | None:
        """The keys to sign with, one of each kind the keyset has; None where one is not there.

        A hybrid portal never falls back to one signature: hybrid systems would refuse the file.
        """
        kinds = [ALGORITHM] if self.second is None else [ALGORITHM, ML_DSA]
        keys = [self.newest_key(held, now, kind) for kind in kinds]
        return [key.kid for key in keys if key] if all(keys) else None


def unsigned_keyset(version: int, issued_at: datetime, keys: Iterable[KeysetKey]) -> bytes:
    """The document that goes to the root: JSON in UTF-8. Raises `InvalidKeyset`."""
    document = {
        "version": version,
        "iat": seconds(issued_at),
        "keys": [write_entry(key) for key in keys],
    }
    _read_document(document)
    return write_object(document)


def rotated_keyset(current: Keyset | None, new: Sequence[KeysetKey], now: datetime) -> bytes:
    """The unsigned keyset after `current`: `new`, and the keys whose window is still open."""
    running = [key for key in current.keys if key.expires_at > now] if current else []
    return unsigned_keyset(current.version + 1 if current else 1, now, [*running, *new])


def sign_keyset(
    document: bytes, root: Ed25519PrivateKey, second: MLDSA65PrivateKey | None = None
) -> str:
    """The signed file of a keyset document, made where the roots are. Raises `InvalidKeyset`.

    Both roots sign a keyset with keys of ML-DSA-65, and the first alone signs one without.
    """
    try:
        payload = read_object(document.decode())
    except (UnicodeDecodeError, NotStrictJson) as error:
        raise InvalidKeyset("not a keyset document") from error
    if _has_ml_dsa(_read_document(payload)[2]) != (second is not None):
        needed = "also needs" if second is None else "has no keys for"
        raise InvalidKeyset(f"it {needed} the root of ML-DSA-65")
    signers = (LocalSigner(root), LocalSigner(second) if second else None)
    try:
        return write_file(KEYSET_TYPE, payload, *signers)
    except SigningFailed as error:
        raise InvalidKeyset(str(error)) from error


def read_signed_keyset(data: bytes, roots: Collection[PublicKey]) -> Keyset | KeysetOutcome:
    """Read a keyset that `roots` signed. Nothing in it is looked at before that is sure."""
    try:
        file = read_file(data)
    except JwsError:
        return KeysetOutcome.MALFORMED
    if set(file.first.header) != {"typ", "alg", "kid"} or (
        (file.first.header["typ"], file.first.header["alg"]) != (KEYSET_TYPE, ALGORITHM)
    ):
        return KeysetOutcome.WRONG_TYPE
    for jws in (file.first, file.second):
        if jws is not None and (refused := _not_signed(jws, roots)):
            return refused
    try:
        version, issued_at, keys = _read_document(file.payload)
    except InvalidKeyset:
        return KeysetOutcome.INVALID_KEYS
    if _has_ml_dsa(keys) and file.second is None:
        return KeysetOutcome.MISSING_SECOND_SIGNATURE
    _, _, second = file.text.partition("\n")
    return Keyset(file.first.text, version, issued_at, keys, second or None)


def _not_signed(jws: Jws, roots: Iterable[PublicKey]) -> KeysetOutcome | None:
    named = (
        root
        for root in roots
        if (algorithm_of(root), thumbprint(root)) == (jws.header["alg"], jws.header["kid"])
    )
    root = next(named, None)
    if root is None:
        return KeysetOutcome.UNKNOWN_ROOT
    return None if is_signed_by(jws, root) else KeysetOutcome.BAD_SIGNATURE


def _has_ml_dsa(keys: Iterable[KeysetKey]) -> bool:
    return any(key.algorithm == ML_DSA for key in keys)


def import_refusal(
    new: Keyset, current: Keyset | None, *, hybrid: bool = False
) -> KeysetOutcome | None:
    """Why `new` may not follow `current`: systems in the field refuse a lower version.

    Args:
        hybrid: whether a root of ML-DSA-65 is trusted, so that new keysets need its signature.
    """
    if hybrid and new.second is None:
        return KeysetOutcome.MISSING_SECOND_SIGNATURE
    if current is not None and new.version <= current.version:
        return KeysetOutcome.NOT_NEWER
    return None


def public_jwks(keyset: Keyset) -> dict[str, Any]:
    """The JWK Set for `/.well-known/jwks.json` (RFC 7517), in the keyset's order.

    Keys of Ed25519 have no `alg`: libraries disagree on whether it is "EdDSA" or "Ed25519".
    """
    return {"keys": [{**write_entry(key), "use": "sig"} for key in keyset.keys]}


def _read_document(document: dict[str, Any]) -> tuple[int, datetime, tuple[KeysetKey, ...]]:
    if set(document) != {"version", "iat", "keys"}:
        raise InvalidKeyset("not the members of a keyset")
    version, entries = document["version"], document["keys"]
    if type(version) is not int or version < 1:
        raise InvalidKeyset("the version is not a whole number from 1 on")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_KEYS:
        raise InvalidKeyset(f"not 1 to {MAX_KEYS} keys")
    keys = tuple(read_entry(entry) for entry in entries)
    if len({key.kid for key in keys}) != len(keys):
        raise InvalidKeyset("a key is named twice")
    if sum(key.algorithm == ML_DSA for key in keys) > MAX_ML_DSA_KEYS:
        raise InvalidKeyset(f"more than {MAX_ML_DSA_KEYS} keys of ML-DSA-65")
    return version, read_time(document["iat"]), keys
