"""The file store: the same rules for a local folder and for S3."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, read_settings
from app.storage import (
    READ_BYTES,
    WRITE_BYTES,
    FileTooLarge,
    Storage,
    StorageError,
    open_storage,
    storage_problems,
)
from tests.database.portals import until
from tests.s3 import BUCKET, S3Server

NAME = "リソース/導入 パッケージ#1.zip"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """The S3 API, started once."""
    with S3Server() as server:
        yield server


def settings_of(data_dir: Path, url: str | None) -> Settings:
    """Settings that differ in the store alone."""
    return replace(read_settings({"PORTAL_DATA_DIR": str(data_dir)}), storage_url=url)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """An upload as it comes in."""
    for part in parts:
        yield part


async def content(storage: Storage, key: str, start: int, stop: int) -> bytes:
    """What the store has of a file."""
    return b"".join([piece async for piece in storage.read(key, start, stop)])


class Rules:
    """What holds for each kind of store. Its heirs say which, and what is left in it."""

    async def test_what_is_stored_is_read_again(self, storage: Storage) -> None:
        parts = [bytes([n]) * 700_000 for n in range(30)]
        whole = b"".join(parts)
        assert len(whole) > WRITE_BYTES * 2
        kept = await storage.store(NAME, chunks(*parts))
        assert (kept.key, kept.size) == (NAME, len(whole))
        assert kept.sha256 == hashlib.sha256(whole).hexdigest()
        assert await content(storage, NAME, 0, len(whole)) == whole

    async def test_any_part_of_a_file_can_be_read(self, storage: Storage) -> None:
        whole = bytes(range(256)) * 8192
        await storage.store_bytes("part", whole)
        for start, stop in ((0, 1), (5, 5), (READ_BYTES - 1, READ_BYTES + 1), (77, len(whole))):
            assert await content(storage, "part", start, stop) == whole[start:stop]

    @pytest.mark.parametrize("size", [0, 1])
    async def test_the_smallest_files_are_kept_too(self, storage: Storage, size: int) -> None:
        kept = await storage.store("small", chunks(*[b"x"] * size))
        assert kept.size == size
        assert await content(storage, "small", 0, size) == b"x" * size

    @pytest.mark.parametrize("size", [1000, WRITE_BYTES * 3], ids=["small", "in parts"])
    async def test_an_upload_that_breaks_off_leaves_nothing(
        self, storage: Storage, size: int
    ) -> None:
        async def broken() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x" * (size // 3)
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await storage.store("broken", broken())
        with pytest.raises(FileNotFoundError):
            await content(storage, "broken", 0, 1)
        assert self.leftovers() == 0

    async def test_an_upload_that_is_given_up_leaves_nothing(self, storage: Storage) -> None:
        sent = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield b"x" * WRITE_BYTES * 2
            sent.set()
            await asyncio.Event().wait()

        storing = asyncio.create_task(storage.store("given up", endless()))
        await sent.wait()
        storing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await storing
        until(lambda: self.leftovers() == 0)

    async def test_a_file_over_its_limit_is_refused(self, storage: Storage) -> None:
        with pytest.raises(FileTooLarge):
            await storage.store("large", chunks(b"12345", b"67890"), limit=9)
        assert (await storage.store("fits", chunks(b"12345", b"67890"), limit=10)).size == 10
        with pytest.raises(FileNotFoundError):
            await content(storage, "large", 0, 1)

    async def test_a_file_is_deleted_once_or_twice(self, storage: Storage) -> None:
        await storage.store_bytes("short-lived", b"x")
        await storage.delete("short-lived")
        await storage.delete("short-lived")
        with pytest.raises(FileNotFoundError):
            await content(storage, "short-lived", 0, 1)

    async def test_a_probe_says_that_the_store_works(self, storage: Storage) -> None:
        await storage.probe()
        assert self.leftovers() == 0

    def leftovers(self) -> int:
        """Unfinished uploads that the store still keeps."""
        raise NotImplementedError


class TestLocalFolder(Rules):
    """The folder below the data directory."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        self.folder = tmp_path / "storage"
        return open_storage(settings_of(tmp_path, None))

    def leftovers(self) -> int:
        """The store writes beside a file and renames it when it is whole."""
        return sum(path.is_file() for path in self.folder.rglob("*"))

    async def test_nobody_else_on_the_machine_reads_it(self, storage: Storage) -> None:
        assert self.folder.stat().st_mode & 0o077 == 0

    async def test_a_folder_that_cannot_be_written_is_told(self, storage: Storage) -> None:
        (self.folder / "probe").write_text("a file where a folder should be")
        (problem,) = await storage_problems(settings_of(self.folder.parent, None))
        assert str(self.folder) in problem and "Check PORTAL_STORAGE_URL" in problem


class TestS3(Rules):
    """An S3 API by its address."""

    @pytest.fixture
    def storage(self, s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
        for name, value in s3.environ.items():
            monkeypatch.setenv(name, value)
        self.server = s3
        return open_storage(settings_of(tmp_path, f"s3://{BUCKET}/some/folder"))

    def leftovers(self) -> int:
        """Parts that nobody completed cost money, though no list shows them."""
        return self.server.unfinished_uploads()

    async def test_files_lie_below_the_folder_of_the_address(self, storage: Storage) -> None:
        await storage.store_bytes("here", b"x")
        assert "<Key>some/folder/here</Key>" in self.server.ask(f"/{BUCKET}?prefix=some/folder/h")

    async def test_a_bucket_that_is_not_there_is_told(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        assert await storage_problems(settings_of(tmp_path, f"s3://{BUCKET}")) == []
        (problem,) = await storage_problems(settings_of(tmp_path, "s3://no-such-bucket"))
        assert "s3://no-such-bucket" in problem


@pytest.mark.parametrize("url", ["ftp://x/y", "s3:", "s3:///x", "storage", "s3://b?endpoint=x"])
def test_an_address_of_no_store_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_STORAGE_URL must be an address like s3://"):
        read_settings({"PORTAL_STORAGE_URL": url})


def test_an_s3_that_is_not_on_this_machine_is_spoken_to_with_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.example.com")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    storage = open_storage(settings_of(tmp_path, "s3://bucket"))
    with pytest.raises(StorageError):
        asyncio.run(storage.probe())
