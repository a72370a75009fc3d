"""Signing what a resource is, so that people can check the file far from the portal."""

import asyncio
import hashlib
from contextlib import suppress
from uuid import UUID

import structlog

from app import clock
from app.activation.format.signed_files import SigningFailed
from app.activation.signing import Office, sign_file
from app.activation.signing_keys.services import open_office
from app.audit.services import record
from app.database import Gone, fetch, lock_row, unit_of_work, uuid7
from app.resources import manifest_queries
from app.resources.manifest_queries import StoredFile
from app.resources.manifest_rules import (
    MANIFEST_TYPE,
    MOST_MANIFEST_BYTES,
    MOST_READ_AT_ONCE,
    SignedFacts,
    claims_of,
)
from app.resources.tables import Resource
from app.settings import Settings
from app.storage import Storage, open_storage

log = structlog.get_logger()


class DamagedFile(Exception):
    """Storage has lost the file, or has other bytes than were uploaded."""


async def office_for(settings: Settings, storage: Storage, file: StoredFile) -> Office | None:
    """Return what signs the manifest of a file now; None leaves it to the background task.

    The file is read again first: the signature is about the bytes that customers will get.

    Raises:
        DamagedFile: storage no longer has what was uploaded.
    """
    if file.size > MOST_READ_AT_ONCE:
        return None
    await _require_intact(storage, file)
    return await open_office(settings, clock.now()) if _may_sign(settings) else None


async def _require_intact(storage: Storage, file: StoredFile) -> None:
    digest = hashlib.sha256()
    try:
        async for piece in storage.read(file.storage_key, 0, file.size):
            digest.update(piece)
    except FileNotFoundError as error:
        raise DamagedFile(file.storage_key) from error
    if digest.hexdigest() != file.sha256:
        raise DamagedFile(file.storage_key)


def _may_sign(settings: Settings) -> bool:
    """Return whether keys can be opened at all: without a passphrase the log need not say so."""
    return settings.key_passphrase is not None


async def keep_manifest(office: Office, resource: UUID) -> bool:
    """Sign the manifest of a resource as it is in this transaction, in place of an older one.

    Returns:
        Whether the office could sign; the log says why not.
    """
    facts = await manifest_queries.signed_facts(resource)
    try:
        # A hardware module may take its time; the event loop does not wait.
        text = await asyncio.to_thread(_sign, office, facts)
    except SigningFailed as error:
        log.error("resource-not-signed", resource=str(resource), error=str(error))
        return False
    await fetch(
        "insert into resource_manifest (id, resource, keyset_version, content, signed_at)"
        " values ($1, $2, $3, $4, $5) on conflict (resource) do update"
        " set keyset_version = excluded.keyset_version, content = excluded.content,"
        " signed_at = excluded.signed_at",
        uuid7(),
        resource,
        office.issuer.keyset.version,
        text,
        clock.now(),
    )
    return True


def _sign(office: Office, facts: SignedFacts) -> str:
    claims = {
        "iss": office.issuer.base_url,
        **claims_of(facts, jti=uuid7(), issued_at=clock.now()),
    }
    return sign_file(office, MANIFEST_TYPE, claims, MOST_MANIFEST_BYTES)


async def sign_next(settings: Settings, passed: set[UUID]) -> bool:
    """Sign one resource that has no manifest of the keyset in force; return whether there was one.

    Args:
        passed: resources to pass over; one that cannot be signed is added.
    """
    if not _may_sign(settings):
        return False
    file = await manifest_queries.next_unsigned(passed)
    office = await open_office(settings, clock.now()) if file else None
    if file is None or office is None:
        return False
    try:
        if not file.signed_before:
            await _require_intact(open_storage(settings), file)
    except DamagedFile:
        log.error("resource-damaged", resource=str(file.id))
        passed.add(file.id)
        return True
    with suppress(Gone):  # withdrawn since it was read
        async with unit_of_work():
            await lock_row(Resource, (Resource.id == file.id) & Resource.withdrawn_at.is_null())
            if await keep_manifest(office, file.id):
                await record("resource-signing", actor=None, subject=file.id)
            else:
                passed.add(file.id)
    return True
