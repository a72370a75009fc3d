"""Files that customers download: one object store, a local folder unless told otherwise."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from obstore.store import LocalStore


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


def open_store(data_dir: Path) -> LocalStore:
    """The store below the data directory."""
    folder = data_dir / "storage"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(prefix=folder)


async def store_file(store: LocalStore, key: str, content: bytes) -> StoredFile:
    """Keep a file under a key."""
    await store.put_async(key, content)
    return StoredFile(key, len(content), hashlib.sha256(content).hexdigest())


async def read_file(store: LocalStore, key: str) -> bytes:
    """A small file's content, whole.

    Raises:
        FileNotFoundError: there is none under this key.
    """
    found = await store.get_async(key)
    return bytes(await found.bytes_async())
