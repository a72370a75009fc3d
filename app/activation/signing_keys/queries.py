"""Reads about signing keys and keysets. They belong to no contract; their public parts are open."""

from dataclasses import dataclass

from app.database import Record, fetch, fetch_one


@dataclass(frozen=True)
class StoredKey:
    """A signing key as it rests: `sealed` opens with the passphrase only."""

    kid: str
    sealed: bytes


async def newest_keyset_text() -> str | None:
    """The keyset in force, signed: the highest version that was imported."""
    row = await fetch_one(
        "select signed from keyset where signed is not null order by version desc limit 1"
    )
    return row["signed"] if row else None


async def find_signing_material() -> tuple[str | None, list[StoredKey]]:
    """The keyset in force, signed, and every signing key that this portal holds."""
    rows = await fetch(
        "select one.signed, kid, private_key from (select (select signed from keyset"
        " where signed is not null order by version desc limit 1) as signed) one"
        " left join signing_key on true order by not_before desc, kid"
    )
    held = [StoredKey(row["kid"], row["private_key"]) for row in rows if row["kid"] is not None]
    return rows[0]["signed"], held


async def list_stored_keys() -> list[StoredKey]:
    """Every signing key that this portal holds, newest first."""
    rows = await fetch("select kid, private_key from signing_key order by not_before desc, kid")
    return [StoredKey(row["kid"], row["private_key"]) for row in rows]


async def list_keys() -> list[Record]:
    """Every signing key's kid and window, newest first."""
    return list(
        await fetch("select kid, not_before, not_after from signing_key order by not_before desc")
    )


async def list_keysets() -> list[Record]:
    """Every keyset's version and when it came into force, newest first."""
    return list(
        await fetch("select version, created_at, activated_at from keyset order by version desc")
    )
