"""The file of a backup: a ZIP with the tables, the stored files, the secret and the trusted roots.

The manifest is written last, so that a file without one is known to be no whole backup.
"""

import json
import os
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

MANIFEST = "manifest.json"
FORM = "license-portal-backup/1"
PIECE = 1024 * 1024


class BrokenBackup(Exception):
    """The file is no whole backup. The message says what is wrong."""


@dataclass(frozen=True)
class Table:
    """A table in a backup: its columns in the order of the file, and its number of rows."""

    name: str
    columns: list[str]
    rows: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    Attributes:
        made_at: when the database was looked at; ISO 8601 with offset.
        migrations: ids of what made the tables.
        files: keys of stored files; None if they were left out.
        secret: whether the secret file is in it.
        trust: names of the trusted roots' files.
    """

    made_at: str
    migrations: list[str]
    tables: list[Table]
    files: list[str] | None
    secret: bool
    trust: list[str]

    @property
    def rows(self) -> int:
        """Number of rows in all tables."""
        return sum(table.rows for table in self.tables)


@contextmanager
def new_archive(file: Path) -> Iterator[zipfile.ZipFile]:
    """Write a ZIP that appears under its name when it is whole, readable by its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as opened:
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                yield archive
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """End a backup with what it holds."""
    content = {"form": FORM, **asdict(manifest)}
    archive.writestr(MANIFEST, json.dumps(content, ensure_ascii=False, indent=1))


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What a backup holds.

    Raises:
        BrokenBackup: it is no whole backup, or of another form.
    """
    try:
        values = json.loads(archive.read(MANIFEST))
        if values.pop("form") != FORM:
            raise BrokenBackup("It was made by another version of the portal. Use that version.")
        tables = [Table(**table) for table in values.pop("tables")]
        datetime.fromisoformat(values["made_at"])
        return Manifest(tables=tables, **values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenBackup("Its manifest cannot be read, so the backup is incomplete.") from error


async def pieces(archive: zipfile.ZipFile, name: str) -> AsyncIterator[bytes]:
    """The content of an entry, piece by piece; its checksum is checked at the end.

    Raises:
        BrokenBackup: the entry is missing or damaged.
    """
    try:
        with archive.open(name) as entry:
            while piece := entry.read(PIECE):
                yield piece
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise BrokenBackup(f"Its entry {name} is missing or damaged.") from error
