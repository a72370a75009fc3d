"""Making a backup while the portal runs, and restoring one into an empty place."""

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from app import clock
from app.backup.archive import (
    BrokenBackup,
    Manifest,
    new_archive,
    pieces,
    read_manifest,
    write_manifest,
)
from app.backup.copying import is_empty, read_tables, write_tables
from app.database.connecting import connect
from app.database.migrate import (
    DatabaseTooOld,
    known_migrations,
    migrated,
    run_migrations,
    since_foundation,
)
from app.settings import Settings
from app.storage import Storage, open_storage

SECRET = "secret"  # noqa: S105 - the name of an entry
# No request waits for a backup's statements; a big table takes as long as it takes.
NO_LIMIT = (
    "set local statement_timeout = 0",
    "set local timezone = 'UTC'",
    "set local datestyle = 'ISO'",
)


class NotEmpty(Exception):
    """Something is already in the place of the backup. The message says what."""


async def make_backup(
    settings: Settings, owner_url: str, file: Path, *, with_files: bool, with_secret: bool
) -> Manifest:
    """Write the database at one moment, and what belongs to it, into a new file.

    Args:
        with_files: whether stored files also go into it.
        with_secret: whether the secret file goes into it.

    Raises:
        OSError, StorageError: something cannot be read or written.
        asyncpg.UndefinedTableError: the database is none of a portal.
    """
    connection = await connect(owner_url)
    try:
        with new_archive(file) as archive:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for setting in NO_LIMIT:
                    await connection.execute(setting)
                made_at = clock.now()
                migrations, tables = await read_tables(connection, archive)
            # Files are never changed, and added before the rows that name them are.
            files = await _read_files(open_storage(settings), archive) if with_files else None
            secret = with_secret and settings.secret_file.is_file()
            if secret:
                archive.write(settings.secret_file, SECRET)
            trust = _read_trust(settings.trusted_roots, archive)
            manifest = Manifest(made_at.isoformat(), migrations, tables, files, secret, trust)
            write_manifest(archive, manifest)
    finally:
        await connection.close()
    return manifest


async def _read_files(storage: Storage, archive: zipfile.ZipFile) -> list[str]:
    keys = []
    async for key, size in storage.files():
        try:
            with archive.open(f"files/{key}", "w", force_zip64=True) as entry:
                async for piece in storage.read(key, 0, size):
                    entry.write(piece)
        except FileNotFoundError:
            # Deleted in the meantime, because it is not needed; the empty entry is not listed.
            continue
        keys.append(key)
    return keys


def _trust_files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(file for file in place.glob("*") if file.is_file())


def _read_trust(place: Path, archive: zipfile.ZipFile) -> list[str]:
    files = _trust_files(place)
    for file in files:
        archive.write(file, f"trust/{file.name}")
    return [file.name for file in files]


async def restore_backup(
    settings: Settings, owner_url: str, runtime_url: str, file: Path
) -> Manifest:
    """Fill an empty place from a backup; an older version's tables are brought up to date.

    The database is filled in one transaction, and last: where something fails, nothing of the
    backup is in it, and running the restore again is safe.

    Raises:
        BrokenBackup: the file is no whole backup, or of a newer portal.
        NotEmpty: something is there already.
        OSError, StorageError: something cannot be read or written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = read_manifest(archive)
            through = _last_migration(manifest)
            await _refuse_what_is_there(settings, owner_url, archive, manifest)
            await _write_files(open_storage(settings), archive, manifest.files or [])
            _write_trust(settings, archive, manifest)
            async with migrated(owner_url, runtime_url, through=through) as connection:
                await write_tables(connection, archive, manifest.tables)
                await run_migrations()
    except zipfile.BadZipFile as error:
        raise BrokenBackup(f"It is not a complete ZIP file: {error}.") from error
    return manifest


def _last_migration(manifest: Manifest) -> str:
    known = known_migrations()
    try:
        ran = since_foundation(manifest.migrations)
    except DatabaseTooOld:
        raise BrokenBackup("It was made before the first release.") from None
    if not ran or ran != known[: len(ran)]:
        raise BrokenBackup(
            "It was made by a newer version of the portal. Restore it with that version."
        )
    return ran[-1]


async def _refuse_what_is_there(
    settings: Settings, owner_url: str, archive: zipfile.ZipFile, manifest: Manifest
) -> None:
    connection = await connect(owner_url)
    try:
        async with connection.transaction():
            empty = await is_empty(connection)
        if not empty:
            raise NotEmpty("The database already has tables. Use an empty one.")
    finally:
        await connection.close()
    if manifest.files is not None:
        wanted = set(manifest.files)
        async for key, _ in open_storage(settings).files():
            # An interrupted restore may have written some.
            if key not in wanted:
                raise NotEmpty("The storage already has other files. Use an empty one.")
    for place, entry in _secrets(settings, manifest):
        if place.exists() and place.read_bytes() != archive.read(entry):
            raise NotEmpty(f"{place} differs from the backup. Move it away.")


def _secrets(settings: Settings, manifest: Manifest) -> Sequence[tuple[Path, str]]:
    """Where the secret and the trusted roots go, and their entries."""
    found = [(settings.secret_file, SECRET)] if manifest.secret else []
    roots = settings.trusted_roots
    single = roots.suffix == ".pem" and len(manifest.trust) == 1
    for name in manifest.trust:
        found.append((roots if single else roots / Path(name).name, f"trust/{name}"))
    return found


async def _write_files(storage: Storage, archive: zipfile.ZipFile, keys: Sequence[str]) -> None:
    there = {key: size async for key, size in storage.files()}
    for key in keys:
        # A key is written once and never again: the same size is the same file.
        entry = f"files/{key}"
        if there.get(key) != archive.getinfo(entry).file_size:
            await storage.store(key, pieces(archive, entry))


def _write_trust(settings: Settings, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    for place, entry in _secrets(settings, manifest):
        if place.exists():
            continue
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(archive.read(entry))
