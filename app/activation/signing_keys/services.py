"""Signing keys: made, vouched for by the root, and opened for signing."""

import asyncio
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import clock
from app.activation.format.keysets import (
    SIGNING_KEY_DAYS,
    Keyset,
    KeysetKey,
    KeysetOutcome,
    import_refusal,
    public_jwks,
    read_signed_keyset,
    rotated_keyset,
)
from app.activation.format.roots import InvalidRoot, create_key
from app.activation.signing import Issuer, LocalSigner, Signer
from app.activation.signing_keys import queries as signing_key_queries
from app.activation.signing_keys.encryption import CannotDecrypt, decrypt, encrypt
from app.activation.signing_keys.files import read_trusted_roots
from app.activation.tables import SigningKey
from app.audit.services import record
from app.database import Changed, fetch, unit_of_work, uuid7
from app.settings import Settings

GRACE_DAYS = 14
# The key of an advisory lock, any fixed number. Only its holder changes the keyset.
KEYSET_LOCK = 0x4C50_6B73

log = structlog.get_logger()

_opened_signers: dict[str, Signer] = {}
_opening = threading.Lock()


class NoPassphrase(Exception):
    """Signing keys cannot be encrypted or opened without the passphrase of the settings."""


class UntrustedKeyset(Exception):
    """No trusted root vouches for the keyset in force."""


@dataclass(frozen=True)
class Office:
    """What it takes to issue now: the keyset to enclose and the key to sign with."""

    issuer: Issuer
    signer: Signer


async def read_keyset(settings: Settings) -> Keyset | None:
    """The keyset in force, verified again against the trusted roots; None if there is none.

    Raises:
        UntrustedKeyset: there is one, but no trusted root vouches for it.
    """
    text = await signing_key_queries.newest_keyset_text()
    return await _verified(settings, text) if text is not None else None


async def _verified(settings: Settings, text: str) -> Keyset:
    try:
        roots = await asyncio.to_thread(read_trusted_roots, settings.trusted_roots)
    except InvalidRoot as error:
        raise UntrustedKeyset(str(error)) from error
    found = read_signed_keyset(text.encode(), roots)
    if isinstance(found, KeysetOutcome):
        raise UntrustedKeyset(found.value)
    return found


async def current_keyset(settings: Settings) -> Keyset | None:
    """The keyset in force, or None if there is none that can be trusted; the log says why."""
    text = await signing_key_queries.newest_keyset_text()
    return await _trusted(settings, text)


async def _trusted(settings: Settings, text: str | None) -> Keyset | None:
    try:
        return await _verified(settings, text) if text is not None else None
    except UntrustedKeyset as error:
        log.error("keyset-not-trusted", error=str(error))
        return None


async def open_office(settings: Settings, now: datetime) -> Office | None:
    """What it takes to sign at `now`, or None if the portal cannot; the log says why.

    Opening a key takes a fifth of a second and 64 MiB, so it happens in a thread, once for each
    key and process, and before any row is locked.
    """
    text, held = await signing_key_queries.find_signing_material()
    keyset = await _trusted(settings, text)
    stored = {key.kid: key.encrypted for key in held}
    key = keyset.newest_key(stored, now) if keyset else None
    if keyset is None or key is None or settings.key_passphrase is None:
        log.error("cannot-sign", keyset=bool(keyset), passphrase=bool(settings.key_passphrase))
        return None
    try:
        signer = await asyncio.to_thread(_opened, key.kid, stored[key.kid], settings.key_passphrase)
    except CannotDecrypt as error:
        log.error("cannot-decrypt", kid=key.kid, error=str(error))
        return None
    return Office(Issuer(settings.base_url, GRACE_DAYS, keyset), signer)


def _opened(kid: str, encrypted: bytes, passphrase: bytes) -> Signer:
    """The lock lets simultaneous first requests open a key once, not each for itself."""
    with _opening:
        if kid not in _opened_signers:
            _opened_signers[kid] = LocalSigner(decrypt(encrypted, passphrase))
        return _opened_signers[kid]


async def rotate_signing_key(
    settings: Settings,
    *,
    days: int = SIGNING_KEY_DAYS,
    dropped: Collection[str] = (),
    held: int | None = None,
    actor: UUID | None = None,
) -> bytes:
    """Make a signing key, good from now on, and the unsigned keyset that names it.

    The keys of the keyset in force stay named while their windows are open: both sign.

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
    private = create_key()
    encrypted = await asyncio.to_thread(encrypt, private, settings.key_passphrase)
    key = KeysetKey(private.public_key(), now, now + timedelta(days=days))
    async with unit_of_work():
        await fetch("select pg_advisory_xact_lock($1)", KEYSET_LOCK)
        if held is not None and held != await SigningKey.count():
            raise Changed
        current = await read_keyset(settings)
        document = rotated_keyset(_without(current, dropped), key, now)
        await SigningKey.insert(_row(key, encrypted, now))
        await _keep_document(current.version + 1 if current else 1, document, now)
        await record("signing-key-rotation", actor=actor, kid=key.kid, dropped=sorted(dropped))
    return document


def _without(keyset: Keyset | None, dropped: Collection[str]) -> Keyset | None:
    if keyset is None:
        return None
    return replace(keyset, keys=tuple(key for key in keyset.keys if key.kid not in dropped))


def _row(key: KeysetKey, encrypted: bytes, now: datetime) -> SigningKey:
    return SigningKey(
        kid=key.kid,
        public_key=key.public_key.public_bytes(Encoding.Raw, PublicFormat.Raw),
        private_key=encrypted,
        not_before=key.not_before,
        not_after=key.expires_at,
        created_at=now,
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


async def preview_keyset(settings: Settings, data: bytes) -> Keyset | KeysetOutcome:
    """The keyset that `import_keyset` would put in force now. Changes nothing.

    Raises:
        InvalidRoot: no root key can be read where the settings say.
        UntrustedKeyset: the keyset in force cannot be verified.
    """
    roots = await asyncio.to_thread(read_trusted_roots, settings.trusted_roots)
    keyset = read_signed_keyset(data, roots)
    if isinstance(keyset, KeysetOutcome):
        return keyset
    return import_refusal(keyset, await read_keyset(settings)) or keyset


async def import_keyset(
    settings: Settings, data: bytes, *, actor: UUID | None = None
) -> Keyset | KeysetOutcome:
    """Put a keyset in force that a trusted root has signed.

    Raises:
        InvalidRoot: no root key can be read where the settings say.
        UntrustedKeyset: the keyset in force cannot be verified.
    """
    async with unit_of_work():
        await fetch("select pg_advisory_xact_lock($1)", KEYSET_LOCK)
        keyset = await preview_keyset(settings, data)
        if isinstance(keyset, KeysetOutcome):
            return keyset
        await _activate(keyset)
        kids = [key.kid for key in keyset.keys]
        await record("keyset-import", actor=actor, version=keyset.version, kids=kids)
    return keyset


async def _activate(keyset: Keyset) -> None:
    now = clock.now()
    await fetch(
        """
        insert into keyset (id, version, document, signed, created_at, activated_at)
        values ($1, $2, $3, $3, $4, $4)
        on conflict (version) do update
            set signed = excluded.signed, activated_at = excluded.activated_at
        """,
        uuid7(),
        keyset.version,
        keyset.text,
        now,
    )


async def published_keys(settings: Settings) -> dict[str, object]:
    """The JWK Set of the keyset in force; without keys where there is none."""
    keyset = await current_keyset(settings)
    return public_jwks(keyset) if keyset else {"keys": []}
