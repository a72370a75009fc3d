"""Files that customers download: one object store, a local folder by default.

Everything is read and written in pieces, so that a file's size costs no memory. Pieces are asked
for one by one: a reader who is slow, or gone, keeps no connection to the store.
"""

import asyncio
import glob
import hashlib
import os
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError as StorageError
from obstore.store import LocalStore, from_url

from app.settings import LOOPBACK, Settings, SettingsError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

__all__ = [
    "FileTooLarge",
    "Storage",
    "StorageError",
    "StoredFile",
    "open_storage",
    "storage_problems",
]

READ_BYTES = 512 * 1024
# S3 takes at most 10,000 parts, none but the last below 5 MiB: files of up to 78 GiB.
WRITE_BYTES = 8 * 1024 * 1024
PARTS_AT_ONCE = 2
CLIENT: "ClientConfig" = {"connect_timeout": "5s", "timeout": "60s"}
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


class FileTooLarge(Exception):
    """More bytes came than the file may have; nothing was kept."""


@dataclass(frozen=True)
class StoredFile:
    """What is known of a file after it was stored.

    Attributes:
        key: its name in the store.
        size: bytes.
        sha256: lower-case hex of its content.
    """

    key: str
    size: int
    sha256: str


class Storage:
    """The portal's files by their keys. A key is written once and never again."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    async def store(
        self, key: str, chunks: AsyncIterable[bytes], *, limit: int | None = None
    ) -> StoredFile:
        """Keep what comes under a key. Whatever interrupts it, the key then holds nothing.

        Args:
            limit: most bytes that the file may have.

        Raises:
            FileTooLarge: more than `limit` came.
            StorageError: the store refuses or does not answer.
        """
        digest, size = hashlib.sha256(), 0
        # Left with an exception, the writer throws away what it has sent.
        async with obstore.open_writer_async(
            self._store, key, buffer_size=WRITE_BYTES, max_concurrency=PARTS_AT_ONCE
        ) as file:
            async for chunk in chunks:
                size += len(chunk)
                if limit is not None and size > limit:
                    raise FileTooLarge
                digest.update(chunk)
                await file.write(chunk)
        return StoredFile(key, size, digest.hexdigest())

    async def store_bytes(self, key: str, content: bytes) -> StoredFile:
        """Keep a small file under a key."""
        await self._store.put_async(key, content)
        return StoredFile(key, len(content), hashlib.sha256(content).hexdigest())

    async def read(self, key: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `stop`, in pieces.

        Raises:
            FileNotFoundError: nothing is kept under the key.
            StorageError: the store refuses or does not answer.
        """
        for first in range(start, stop, READ_BYTES):
            last = min(first + READ_BYTES, stop)
            piece = await self._store.get_range_async(key, start=first, end=last)
            yield piece.to_bytes()

    async def files(self) -> AsyncIterator[tuple[str, int]]:
        """Key and size in bytes of every file."""
        async for batch in self._store.list():
            for found in batch:
                yield found["path"], found["size"]

    async def delete(self, key: str) -> None:
        """Forget a file, and what a crash left of its upload; it may be gone already."""
        with suppress(FileNotFoundError):
            await self._store.delete_async(key)
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            await asyncio.to_thread(_delete_staged, self._store.prefix / key)

    async def probe(self) -> None:
        """Write, read and delete a small file.

        Raises:
            StorageError, OSError: whatever of the three does not work.
        """
        key, content = f"probe/{secrets.token_hex(8)}", b"portal doctor"
        await self._store.put_async(key, content)
        try:
            kept = await self._store.get_range_async(key, start=0, end=len(content))
            if kept.to_bytes() != content:
                raise OSError("the store answered with other bytes than were written")
        finally:
            await self.delete(key)


def _delete_staged(file: Path) -> None:
    """Delete what the local store began to write beside a file: its name with # and a number."""
    for staged in file.parent.glob(glob.escape(file.name) + "#[0-9]*"):
        staged.unlink(missing_ok=True)


def open_storage(settings: Settings) -> Storage:
    """The store that the settings name; nothing is asked of it yet.

    Raises:
        SettingsError: the address cannot be one of a store.
    """
    if settings.storage_url is None:
        folder = settings.data_dir / "storage"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Storage(LocalStore(prefix=folder))
    options: ClientConfig = {**CLIENT, "allow_http": True} if _is_local_endpoint() else CLIENT
    try:
        store = from_url(settings.storage_url, client_options=options, retry_config=RETRIES)
    except (ValueError, StorageError) as error:
        raise SettingsError(
            f"PORTAL_STORAGE_URL is not usable: {str(error).splitlines()[0]}"
        ) from error
    return Storage(store)


async def storage_problems(settings: Settings) -> list[str]:
    """What keeps the portal from writing, reading and deleting files, and what to do."""
    place = settings.storage_url or settings.data_dir / "storage"
    try:
        await open_storage(settings).probe()
    except (StorageError, OSError, SettingsError) as error:
        reason = str(error).splitlines()[0]
        return [
            f"Cannot write, read and delete files in {place}: {reason} "
            "Check PORTAL_STORAGE_URL, that the folder or bucket exists, and that the portal has "
            "permission for all three."
        ]
    return []


def _is_local_endpoint() -> bool:
    """Whether the S3 API is on this machine, where it needs no TLS."""
    address = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    return urlsplit(address).hostname in LOOPBACK
