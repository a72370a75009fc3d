"""Keysets: the signing keys that the root vouches for, and from when to when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from app.activation.format.jws import (
    ALGORITHM,
    InvalidKey,
    JwsError,
    decode,
    encode,
    is_signed_by,
    read_jwk,
    thumbprint,
    write_jwk,
)
from app.activation.format.strict_json import NotStrictJson, read_object, write_object

KEYSET_TYPE = "keyset+jwt"
SIGNING_KEY_DAYS = 400
MOST_SIGNING_KEY_DAYS = 3650
# A keyset travels in every activation file, which is at most 64 KiB.
MAX_KEYS = 16
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class KeysetOutcome(StrEnum):
    """Every way in which a keyset is refused."""

    MALFORMED = "malformed"
    WRONG_TYPE = "wrong-type"
    UNKNOWN_ROOT = "unknown-root"
    BAD_SIGNATURE = "bad-signature"
    INVALID_KEYS = "invalid-keys"
    NOT_NEWER = "not-newer"


class InvalidKeyset(ValueError):
    """A keyset document breaks its format."""


@dataclass(frozen=True)
class KeysetKey:
    """A signing key and its window: good for files with not_before ≤ `iat` < expires_at."""

    public_key: Ed25519PublicKey
    not_before: datetime
    expires_at: datetime

    @property
    def kid(self) -> str:
        """The RFC 7638 thumbprint."""
        return thumbprint(self.public_key)

    def is_good_at(self, instant: datetime) -> bool:
        """Whether a file issued at `instant`, in whole seconds, may carry this key."""
        return self.not_before <= instant.replace(microsecond=0) < self.expires_at


@dataclass(frozen=True)
class Keyset:
    """A keyset that a root has signed; `text` is its compact JWS."""

    text: str
    version: int
    issued_at: datetime
    keys: tuple[KeysetKey, ...]

    def key_for(self, kid: str, issued_at: datetime) -> KeysetKey | None:
        """The named key, if it is good for a file issued then."""
        named = (key for key in self.keys if key.kid == kid and key.is_good_at(issued_at))
        return next(named, None)

    def newest_key(self, held: Collection[str], now: datetime) -> KeysetKey | None:
        """The key to sign with: of the kids that are `held`, the good one that began last."""
        good = [key for key in self.keys if key.kid in held and key.is_good_at(now)]
        return max(good, key=lambda key: (key.not_before, key.kid), default=None)


def unsigned_keyset(version: int, issued_at: datetime, keys: Iterable[KeysetKey]) -> bytes:
    """The document that goes to the root: JSON in UTF-8. Raises `InvalidKeyset`."""
    document = {
        "version": version,
        "iat": _seconds(issued_at),
        "keys": [_entry(key) for key in keys],
    }
    _read_document(document)
    return write_object(document)


def rotated_keyset(current: Keyset | None, new: KeysetKey, now: datetime) -> bytes:
    """The unsigned keyset after `current`: `new`, and the keys whose window is still open."""
    running = [key for key in current.keys if key.expires_at > now] if current else []
    return unsigned_keyset(current.version + 1 if current else 1, now, [*running, new])


def sign_keyset(document: bytes, root: Ed25519PrivateKey) -> str:
    """The compact JWS of a keyset document, signed where the root is. Raises `InvalidKeyset`."""
    try:
        payload = read_object(document.decode())
    except (UnicodeDecodeError, NotStrictJson) as error:
        raise InvalidKeyset("not a keyset document") from error
    _read_document(payload)
    header = {"typ": KEYSET_TYPE, "alg": ALGORITHM, "kid": thumbprint(root.public_key())}
    text = encode(header, payload, root.sign)
    if not is_signed_by(decode(text.encode()), root.public_key()):
        raise InvalidKeyset("the signature does not verify")
    return text


def read_signed_keyset(data: bytes, roots: Iterable[Ed25519PublicKey]) -> Keyset | KeysetOutcome:
    """Read a keyset that one of `roots` signed. Nothing in it is looked at before that is sure."""
    try:
        jws = decode(data)
    except JwsError:
        return KeysetOutcome.MALFORMED
    if set(jws.header) != {"typ", "alg", "kid"} or (
        (jws.header["typ"], jws.header["alg"]) != (KEYSET_TYPE, ALGORITHM)
    ):
        return KeysetOutcome.WRONG_TYPE
    root = next((each for each in roots if thumbprint(each) == jws.header["kid"]), None)
    if root is None:
        return KeysetOutcome.UNKNOWN_ROOT
    if not is_signed_by(jws, root):
        return KeysetOutcome.BAD_SIGNATURE
    try:
        version, issued_at, keys = _read_document(jws.payload)
    except InvalidKeyset:
        return KeysetOutcome.INVALID_KEYS
    return Keyset(jws.text, version, issued_at, keys)


def import_refusal(new: Keyset, current: Keyset | None) -> KeysetOutcome | None:
    """Why `new` may not follow `current`: systems in the field refuse a lower version."""
    if current is not None and new.version <= current.version:
        return KeysetOutcome.NOT_NEWER
    return None


def public_jwks(keyset: Keyset) -> dict[str, Any]:
    """The JWK Set for `/.well-known/jwks.json` (RFC 7517), in the keyset's order.

    Without `alg`: libraries disagree on whether Ed25519 keys are for "EdDSA" or "Ed25519".
    """
    return {"keys": [{**_entry(key), "use": "sig"} for key in keyset.keys]}


def _entry(key: KeysetKey) -> dict[str, Any]:
    return {
        **write_jwk(key.public_key),
        "kid": key.kid,
        "nbf": _seconds(key.not_before),
        "exp": _seconds(key.expires_at),
    }


def _read_document(document: dict[str, Any]) -> tuple[int, datetime, tuple[KeysetKey, ...]]:
    if set(document) != {"version", "iat", "keys"}:
        raise InvalidKeyset("not the members of a keyset")
    version, entries = document["version"], document["keys"]
    if type(version) is not int or version < 1:
        raise InvalidKeyset("the version is not a whole number from 1 on")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_KEYS:
        raise InvalidKeyset(f"not 1 to {MAX_KEYS} keys")
    keys = tuple(_read_entry(entry) for entry in entries)
    if len({key.kid for key in keys}) != len(keys):
        raise InvalidKeyset("a key is named twice")
    return version, _instant(document["iat"]), keys


def _read_entry(entry: object) -> KeysetKey:
    if not isinstance(entry, dict) or set(entry) != {"kty", "crv", "x", "kid", "nbf", "exp"}:
        raise InvalidKeyset("not the members of a key")
    try:
        public_key = read_jwk(entry)
    except InvalidKey as error:
        raise InvalidKeyset(str(error)) from error
    key = KeysetKey(public_key, _instant(entry["nbf"]), _instant(entry["exp"]))
    if key.kid != entry["kid"]:
        raise InvalidKeyset("a kid is not the key's thumbprint")
    if key.not_before >= key.expires_at:
        raise InvalidKeyset("a key's window is empty")
    return key


def _instant(value: object) -> datetime:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise InvalidKeyset("a time is not in whole seconds")
    return datetime.fromtimestamp(value, UTC)


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
