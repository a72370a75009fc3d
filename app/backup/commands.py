"""`portal backup` and `portal restore`."""

import asyncio
from pathlib import Path

import asyncpg
import rich_click as click

from app.backup.archive import BrokenBackup, Manifest
from app.backup.services import NotEmpty, make_backup, restore_backup
from app.cli.runtime import database
from app.settings import Settings, read_settings
from app.storage import StorageError
from app.withdrawal.commands import read_erasures, replay_all

OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--without-files", is_flag=True, help="Leave out what customers download, kept elsewhere."
)
@click.option("--without-secret", is_flag=True, help="Leave out the secret file, kept elsewhere.")
def backup(file: Path, without_files: bool, without_secret: bool) -> None:
    """Write everything into FILE, a new ZIP, while the portal may run.

    It has the database as it is at one moment, the stored files, the secret file and the trusted
    roots; the passphrase of the signing keys is not in it. Exit code 1 where something fails; then
    there is no FILE.
    """
    if file.exists():
        raise click.ClickException(f"{file} is there already: name another file.")
    settings = read_settings()
    work = {"with_files": not without_files, "with_secret": not without_secret}
    try:
        with database(settings, join=True) as urls:
            manifest = asyncio.run(make_backup(settings, urls.owner, file, **work))
    except asyncpg.UndefinedTableError:
        message = "This database is none of a portal: there is nothing to back up."
        raise click.ClickException(message) from None
    except (OSError, StorageError, asyncpg.PostgresError) as error:
        raise click.ClickException(f"The backup failed: {error}") from None
    click.echo(_told(manifest, file))
    for line in _elsewhere(settings, manifest):
        click.echo(line)


@click.command()
@click.argument("file", type=OLD_FILE)
@click.option(
    "--erasures", type=OLD_FILE, help="List of `portal erasures export`, newer than the backup."
)
@click.option("--without-erasures", is_flag=True, help="Nobody withdrew since the backup.")
def restore(file: Path, erasures: Path | None, without_erasures: bool) -> None:
    """Fill an empty place from FILE; then nobody who withdrew since is in it.

    The database that the settings name must have no tables, the storage no other files, and the
    secret file must be missing or the same. Exit code 1 where something fails; the database then is
    as empty as before, and the command can be run again. Exit code 2 where neither a list of
    erasures is named nor said that there is none.
    """
    if (erasures is None) == (not without_erasures):
        raise click.UsageError(
            "Name the newest list of `portal erasures export` with --erasures, so that nobody who"
            " withdrew comes back, or say --without-erasures."
        )
    wanted = read_erasures(erasures) if erasures else []
    settings = read_settings()
    try:
        with database(settings) as urls:
            manifest = asyncio.run(restore_backup(settings, urls.owner, urls.runtime, file))
    except (BrokenBackup, NotEmpty) as error:
        raise click.ClickException(f"{file} cannot be restored: {error}") from None
    except (OSError, StorageError, asyncpg.PostgresError) as error:
        raise click.ClickException(f"The restore failed: {error}") from None
    click.echo(_told(manifest, file))
    for line in _elsewhere(settings, manifest):
        click.echo(line)
    if erasures:
        replay_all(wanted)


def _told(manifest: Manifest, file: Path) -> str:
    return (
        f"{len(manifest.tables)} tables with {manifest.rows:,} rows and"
        f" {len(manifest.files or []):,} files of {manifest.made_at} in {file}."
    )


def _elsewhere(settings: Settings, manifest: Manifest) -> list[str]:
    """What has to be kept, or put back, apart from the file."""
    apart = []
    if manifest.files is None:
        apart.append(f"the files in {settings.storage_url or settings.data_dir / 'storage'}")
    if not manifest.secret:
        apart.append(f"the secret file {settings.secret_file}")
    apart.append("the signing keys' passphrase (PORTAL_KEY_PASSPHRASE_FILE)")
    return [f"Not in it, and needed: {what}." for what in apart]
