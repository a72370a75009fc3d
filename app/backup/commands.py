"""`portal backup` and `portal restore`."""

import asyncio
from pathlib import Path

import asyncpg
import rich_click as click

from app.backup.archive import BrokenBackup, Manifest
from app.backup.services import NotEmpty, make_backup, restore_backup
from app.cli.places import name_database
from app.cli.runtime import database
from app.settings import Settings, read_settings
from app.storage import StorageError
from app.withdrawal.commands import read_erasures, replay_all

OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--without-files", is_flag=True, help="Leave out stored files. Back them up separately."
)
@click.option(
    "--without-secret", is_flag=True, help="Leave out the secret file. Back it up separately."
)
def backup(file: Path, without_files: bool, without_secret: bool) -> None:
    """Back up everything to FILE, a new ZIP. The portal can keep running.

    The backup contains a consistent snapshot of the database, the stored files, the secret file and
    the trusted roots. It does not contain the passphrase of the signing keys. If something fails,
    the exit code is 1 and FILE is not created.
    """
    if file.exists():
        raise click.ClickException(f"{file} already exists. Choose another file name.")
    settings = read_settings()
    work = {"with_files": not without_files, "with_secret": not without_secret}
    try:
        with database(settings, join=True, make=False) as urls:
            name_database(settings)
            manifest = asyncio.run(make_backup(settings, urls.owner, file, **work))
    except asyncpg.UndefinedTableError:
        message = "This is not a portal database, so there is nothing to back up."
        raise click.ClickException(message) from None
    except (OSError, StorageError, asyncpg.PostgresError) as error:
        raise click.ClickException(f"The backup failed: {error}") from None
    click.echo(_summary(manifest, file))
    for line in _elsewhere(settings, manifest):
        click.echo(line)


@click.command()
@click.argument("file", type=OLD_FILE)
@click.option(
    "--erasures", type=OLD_FILE, help="Output of `portal erasures export`, newer than the backup."
)
@click.option(
    "--without-erasures", is_flag=True, help="No one deleted their account since the backup."
)
def restore(file: Path, erasures: Path | None, without_erasures: bool) -> None:
    """Restore FILE into an empty installation, and erase accounts deleted since the backup.

    The configured database must have no tables, the storage must have no other files, and the
    secret file must be missing or the same. If something fails, the exit code is 1, the database
    stays empty, and you can run the command again. The exit code is 2 without --erasures or
    --without-erasures.
    """
    if (erasures is None) == (not without_erasures):
        raise click.UsageError(
            "Give the newest output of `portal erasures export` with --erasures, so that deleted"
            " accounts stay deleted, or give --without-erasures."
        )
    wanted = read_erasures(erasures) if erasures else []
    settings = read_settings()
    try:
        with database(settings) as urls:
            name_database(settings)
            manifest = asyncio.run(restore_backup(settings, urls.owner, urls.runtime, file))
    except (BrokenBackup, NotEmpty) as error:
        raise click.ClickException(f"Cannot restore {file}: {error}") from None
    except (OSError, StorageError, asyncpg.PostgresError) as error:
        raise click.ClickException(f"The restore failed: {error}") from None
    click.echo(_summary(manifest, file))
    for line in _elsewhere(settings, manifest):
        click.echo(line)
    if erasures:
        replay_all(wanted)


def _summary(manifest: Manifest, file: Path) -> str:
    return (
        f"{len(manifest.tables)} tables with {manifest.rows:,} rows and"
        f" {len(manifest.files or []):,} files from {manifest.made_at} in {file}."
    )


def _elsewhere(settings: Settings, manifest: Manifest) -> list[str]:
    """What has to be kept, or put back, apart from the file."""
    apart = []
    if manifest.files is None:
        apart.append(f"the files in {settings.storage_url or settings.data_dir / 'storage'}")
    if not manifest.secret:
        apart.append(f"the secret file {settings.secret_file}")
    apart.append("the signing keys' passphrase (PORTAL_KEY_PASSPHRASE_FILE)")
    return [f"Not included, but needed: {what}." for what in apart]
