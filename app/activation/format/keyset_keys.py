"""The signing keys that a keyset names, each with the time in which it is good."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.activation.format.jws import (
    InvalidKey,
    PublicKey,
    algorithm_of,
    read_jwk,
    read_ml_dsa_jwk,
    thumbprint,
    write_jwk,
)

_WINDOW = {"kid", "nbf", "exp"}
_MEMBERS = {"OKP": {"kty", "crv", "x"}, "AKP": {"kty", "alg", "pub"}}
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class InvalidKeyset(ValueError):
    """A keyset document breaks its format."""


@dataclass(frozen=True)
class KeysetKey:
    """A signing key and its window: good for files with not_before ≤ `iat` < expires_at."""

    public_key: PublicKey
    not_before: datetime
    expires_at: datetime

    @property
    def kid(self) -> str:
        """The RFC 7638 thumbprint."""
        return thumbprint(self.public_key)

    @property
    def algorithm(self) -> str:
        """The `alg` of what it signs."""
        return algorithm_of(self.public_key)

    def is_good_at(self, instant: datetime) -> bool:
        """Whether a file issued at `instant`, in whole seconds, may carry this key."""
        return self.not_before <= instant.replace(microsecond=0) < self.expires_at


def write_entry(key: KeysetKey) -> dict[str, Any]:
    """The key as a keyset names it."""
    return {
        **write_jwk(key.public_key),
        "kid": key.kid,
        "nbf": seconds(key.not_before),
        "exp": seconds(key.expires_at),
    }


def read_entry(entry: object) -> KeysetKey:
    """Read what `write_entry` wrote. Raises `InvalidKeyset`."""
    members = _MEMBERS.get(str(entry.get("kty"))) if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or members is None or set(entry) != {*members, *_WINDOW}:
        raise InvalidKeyset("not the members of a key")
    try:
        public_key = read_jwk(entry) if entry["kty"] == "OKP" else read_ml_dsa_jwk(entry)
    except InvalidKey as error:
        raise InvalidKeyset(str(error)) from error
    key = KeysetKey(public_key, read_time(entry["nbf"]), read_time(entry["exp"]))
    if key.kid != entry["kid"]:
        raise InvalidKeyset("a kid is not the key's thumbprint")
    if key.not_before >= key.expires_at:
        raise InvalidKeyset("a key's window is empty")
    return key


def read_time(value: object) -> datetime:
    """A time in whole seconds. Raises `InvalidKeyset`."""
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise InvalidKeyset("a time is not in whole seconds")
    return datetime.fromtimestamp(value, UTC)


def seconds(instant: datetime) -> int:
    """The whole seconds that a file holds."""
    return int(instant.timestamp())
