"""Reads about signing keys and keysets. They belong to no contract; their public parts are open."""

from dataclasses import dataclass
from datetime import datetime

from app.database import fetch, fetch_value, rows


@dataclass(frozen=True)
class StoredSigningKey:
    """A signing key as it rests: `encrypted` opens with the passphrase only."""

    kid: str
    encrypted: bytes


@dataclass(frozen=True)
class ListedSigningKey:
    """A signing key and its window."""

    kid: str
    algorithm: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class ListedKeyset:
    """A keyset; one that waits for its signature is not in force yet."""

    version: int
    created_at: datetime
    activated_at: datetime | None


async def newest_keyset_text() -> str | None:
    """Return the keyset in force, signed: the highest version that was imported."""
    signed: str | None = await fetch_value(
        "select signed from keyset where signed is not null order by version desc limit 1"
    )
    return signed


async def find_signing_material() -> tuple[str | None, list[StoredSigningKey]]:
    """Return the keyset in force, signed, and every signing key that this portal holds."""
    found = await fetch(
        "select one.signed, kid, private_key from (select (select signed from keyset"
        " where signed is not null order by version desc limit 1) as signed) one"
        " left join signing_key on true order by not_before desc, kid"
    )
    held = [
        StoredSigningKey(row["kid"], row["private_key"]) for row in found if row["kid"] is not None
    ]
    return found[0]["signed"], held


async def list_stored_signing_keys() -> list[StoredSigningKey]:
    """Return every signing key that this portal holds, newest first."""
    return await rows(
        StoredSigningKey,
        "select kid, private_key as encrypted from signing_key order by not_before desc, kid",
    )


async def list_signing_keys() -> list[ListedSigningKey]:
    """Return every signing key, the newest first."""
    return await rows(
        ListedSigningKey,
        "select kid, algorithm, not_before, not_after from signing_key"
        " order by not_before desc, algorithm",
    )


async def list_keysets() -> list[ListedKeyset]:
    """Return every keyset, the newest first."""
    return await rows(
        ListedKeyset,
        "select version, created_at, activated_at from keyset order by version desc",
    )
