"""`portal import`, `portal export`."""

import os
import sys
import zipfile
from pathlib import Path
from uuid import UUID

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.accounts.queries import find_staff
from app.cli.runtime import run_with_settings
from app.imports.export_services import export_tables
from app.imports.files import Unreadable, left_out, read_lines, write_template
from app.imports.rules import Kind
from app.imports.services import Outcome, import_lines
from app.settings import Settings
from app.web import i18n

BY = click.option("--by", required=True, help="User code of the administrator who does this.")


async def _who(by: str, *roles: str) -> UUID:
    person = await find_staff(by, *roles)
    if person is None:
        raise click.ClickException(f"{by} is no {' or '.join(roles)} of the staff.")
    return person


@click.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--by", help="User code of the operator who does this.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--template", type=click.Path(dir_okay=False, path_type=Path), help="Write an empty workbook."
)
def import_file(file: Path | None, by: str | None, dry_run: bool, template: Path | None) -> None:
    """Add companies, contracts, entitlements, people and license keys from FILE.

    FILE is a workbook (.xlsx) with sheets of these names, a .zip or a folder of .csv files, or one
    .csv file named after what is in it. Sheets with other names are listed and not read. All of it
    is imported, or nothing: exit code 1 where a line is wrong, each one named with line and column.
    What is there already stays as it is, so the same file again changes nothing. People are invited
    by mail after.
    """
    if template is not None:
        write_template(template)
        click.echo(f"{template} has a sheet for everything that can be imported.")
        return
    if file is None or by is None:
        raise click.UsageError("Name a FILE and --by, or --template to get an empty workbook.")
    i18n.language.set("en")
    try:
        outcome = _import(file, by, dry_run)
    except (Unreadable, OSError) as error:
        raise click.ClickException(f"{file} cannot be imported: {error}") from None
    _tell(outcome, dry_run)


def _import(file: Path, by: str, dry_run: bool) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks = {
            name: bars.add_task(name, total=None) for name in ("reading", "checking", "adding")
        }

        def report(phase: str, done: int) -> None:
            bars.update(tasks[phase], completed=done)

        async def work(_: Settings) -> Outcome:
            actor = await _who(by, "operator", "administrator")
            others = left_out(file)
            outcome = await import_lines(
                read_lines(file), dry_run=dry_run, actor=actor, report=report
            )
            outcome.left_out = others
            return outcome

        return run_with_settings(work)


def _tell(outcome: Outcome, dry_run: bool) -> None:
    for name in outcome.left_out:
        click.echo(f"“{name}” was not read: it is not named after what can be imported.", err=True)
    for fault in outcome.faults:
        click.echo(str(fault))
    if outcome.wrong:
        click.echo(f"{outcome.wrong:,} faults; nothing was imported.")
        sys.exit(1)
    for kind in Kind:
        if outcome.lines[kind]:
            click.echo(f"{kind}: {outcome.lines[kind]:,} lines, {outcome.added[kind]:,} new")
    if dry_run:
        click.echo("This was a dry run; nothing was imported.")
    elif outcome.added[Kind.PEOPLE]:
        click.echo("The portal now invites the new people by mail.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@BY
def export(file: Path, by: str) -> None:
    """Write what `portal import` takes into FILE, a new ZIP of CSV files.

    It holds license keys and mail addresses: keep it where only those look who may.
    """
    if file.exists():
        raise click.ClickException(f"{file} is there already: name another file.")

    async def work(_: Settings) -> dict[Kind, int]:
        actor = await _who(by, "administrator")
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as archive:
            return await export_tables(archive, actor=actor)

    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as opened:
            written = run_with_settings(work)
    except BaseException:
        # Half an export could be taken for a whole one.
        file.unlink()
        raise
    click.echo(", ".join(f"{kind}: {number:,}" for kind, number in written.items()))
