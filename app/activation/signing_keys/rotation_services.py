"""Making signing keys, and the unsigned keyset that names them."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import clock
from app.activation.format.jws import PrivateKey
from app.activation.format.keyset_keys import KeysetKey
from app.activation.format.keysets import SIGNING_KEY_DAYS, Keyset, rotated_keyset
from app.activation.format.roots import create_key, create_ml_dsa_key
from app.activation.signing_keys.encryption import encrypt
from app.activation.signing_keys.files import trusts_ml_dsa
from app.activation.signing_keys.services import KEYSET_LOCK, NoPassphrase, read_keyset
from app.activation.tables import SigningKey
from app.audit.services import record
from app.database import Changed, fetch, unit_of_work, uuid7
from app.settings import Settings

# How the audit log names the keys of a rotation.
KID_DETAILS = ("kid", "second_kid")


async def rotate_signing_key(
    settings: Settings,
    *,
    days: int = SIGNING_KEY_DAYS,
    dropped: Collection[str] = (),
    held: int | None = None,
    actor: UUID | None = None,
) -> bytes:
    """Make a signing key, good from now on, and the unsigned keyset that names it.

    Where a root of ML-DSA-65 is trusted, make a pair of keys. The keys of the keyset in force stay
    named while their windows are open: both sign.

    Args:
        days: how long the new key is good.
        dropped: kids that the new keyset names no more.
        held: how many keys there were when the person decided; None if they did not look.

    Raises:
        NoPassphrase: the settings hold no passphrase.
        Changed: another person has made a key since.
        UntrustedKeyset: the keyset in force cannot be verified.
        InvalidKeyset: the keyset would hold too many keys.
    """
    if settings.key_passphrase is None:
        raise NoPassphrase
    now = clock.now().replace(microsecond=0)
    hybrid = await asyncio.to_thread(trusts_ml_dsa, settings.trusted_roots)
    private: list[PrivateKey] = [create_key(), create_ml_dsa_key()] if hybrid else [create_key()]
    passphrase = settings.key_passphrase
    encrypted = [await asyncio.to_thread(encrypt, each, passphrase) for each in private]
    keys = [KeysetKey(each.public_key(), now, now + timedelta(days=days)) for each in private]
    async with unit_of_work():
        await fetch("select pg_advisory_xact_lock($1)", KEYSET_LOCK)
        if held is not None and held != await SigningKey.count():
            raise Changed
        current = await read_keyset(settings)
        document = rotated_keyset(_without(current, dropped), keys, now)
        await SigningKey.insert(*map(_row, keys, encrypted))
        await _keep_document(current.version + 1 if current else 1, document, now)
        kids: dict[str, Any] = dict(zip(KID_DETAILS, (key.kid for key in keys), strict=False))
        await record("signing-key-rotation", actor=actor, **kids, dropped=sorted(dropped))
    return document


def _without(keyset: Keyset | None, dropped: Collection[str]) -> Keyset | None:
    if keyset is None:
        return None
    return replace(keyset, keys=tuple(key for key in keyset.keys if key.kid not in dropped))


def _row(key: KeysetKey, encrypted: bytes) -> SigningKey:
    return SigningKey(
        kid=key.kid,
        algorithm=key.algorithm,
        public_key=key.public_key.public_bytes_raw(),
        private_key=encrypted,
        not_before=key.not_before,
        not_after=key.expires_at,
        created_at=key.not_before,
    )


async def _keep_document(version: int, document: bytes, now: datetime) -> None:
    """A keyset that was never signed makes room for the next of its version."""
    await fetch(
        """
        insert into keyset (id, version, document, created_at) values ($1, $2, $3, $4)
        on conflict (version) do update
            set document = excluded.document, created_at = excluded.created_at
            where keyset.signed is null
        """,
        uuid7(),
        version,
        document.decode(),
        now,
    )
