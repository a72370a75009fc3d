"""Signing keys as the console lists them: what the keyset in force says of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app import clock
from app.activation.format.keysets import Keyset
from app.activation.signing_keys.queries import ListedKeyset
from app.database import Record, fetch, fetch_value


class KeyState(StrEnum):
    """What a signing key is good for now."""

    SIGNS = "signs"
    GOOD = "good"
    WAITS = "waits"
    ENDED = "ended"
    DROPPED = "dropped"


@dataclass(frozen=True)
class SeenKey:
    """A signing key that the portal holds."""

    kid: str
    algorithm: str
    not_before: datetime
    not_after: datetime
    state: KeyState


@dataclass(frozen=True)
class Keys:
    """The keys and the keysets, the newest first."""

    keys: list[SeenKey]
    keysets: list[ListedKeyset]


async def list_keys(keyset: Keyset | None) -> Keys:
    """Return every signing key that the portal holds, and every keyset.

    Args:
        keyset: the one in force, verified; None if there is none that can be trusted.
    """
    rows = await fetch(
        """
        select k.kid, k.algorithm, k.not_before, k.not_after, null::integer as version,
               null::timestamptz as created_at, null::timestamptz as activated_at,
               k.created_at as made_at
        from signing_key k
        union all
        select null, null, null, null, version, created_at, activated_at, created_at from keyset
        order by version desc nulls last, made_at desc, algorithm, kid
        """
    )
    held = [row for row in rows if row["kid"]]
    now = clock.now()
    signing = keyset.signing_kids([row["kid"] for row in held], now) if keyset else None
    keys = [_seen(row, keyset, signing or [], now) for row in held]
    keysets = [
        ListedKeyset(row["version"], row["created_at"], row["activated_at"])
        for row in rows
        if row["version"]
    ]
    return Keys(keys, keysets)


def _seen(row: Record, keyset: Keyset | None, signing: list[str], now: datetime) -> SeenKey:
    named = {key.kid for key in keyset.keys} if keyset else set()
    if row["kid"] in signing:
        state = KeyState.SIGNS
    elif row["not_after"] <= now:
        state = KeyState.ENDED
    elif row["kid"] in named:
        state = KeyState.GOOD
    elif keyset is not None and row["made_at"] < keyset.issued_at:
        state = KeyState.DROPPED
    else:
        state = KeyState.WAITS
    return SeenKey(row["kid"], row["algorithm"], row["not_before"], row["not_after"], state)


async def find_unsigned(version: int) -> str | None:
    """Return the document of a keyset that waits for its signature."""
    document: str | None = await fetch_value(
        "select document from keyset where version = $1 and signed is null", version
    )
    return document
