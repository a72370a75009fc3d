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

BY = click.option("--by", required=True, help="User code of the administrator who runs this.")


async def _who(by: str, *roles: str) -> UUID:
    person = await find_staff(by, *roles)
    if person is None:
        raise click.ClickException(
            f"{by} is not a staff member with the role {' or '.join(roles)}."
        )
    return person


@click.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--by", help="User code of the operator who runs this.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and import nothing.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an empty workbook to this file.",
)
def import_file(file: Path | None, by: str | None, dry_run: bool, template: Path | None) -> None:
    """Add companies, contracts, entitlements, people and license keys from FILE.

    FILE is a workbook (.xlsx) with sheets of these names, a .zip or a folder of .csv files with
    these names, or a single .csv file with one of them. Other sheets are listed and ignored. Either
    the whole file is imported, or nothing: if a line has an error, the exit code is 1 and every
    error is listed with its line and column. Existing entries do not change, so importing the same
    file again changes nothing. New people are invited by email afterwards.
    """
    if template is not None:
        write_template(template)
        click.echo(f"{template} has one sheet for each kind that can be imported.")
        return
    if file is None or by is None:
        raise click.UsageError("Give FILE and --by, or --template to get an empty workbook.")
    i18n.language.set("en")
    try:
        outcome = _import(file, by, dry_run)
    except (Unreadable, OSError) as error:
        raise click.ClickException(f"Cannot import {file}: {error}") from None
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
        click.echo(f"“{name}” was ignored: nothing that can be imported has this name.", err=True)
    for fault in outcome.faults:
        click.echo(str(fault))
    if outcome.wrong:
        click.echo(f"{outcome.wrong:,} errors. Nothing was imported.")
        sys.exit(1)
    for kind in Kind:
        if outcome.lines[kind]:
            click.echo(f"{kind}: {outcome.lines[kind]:,} lines, {outcome.added[kind]:,} new")
    if dry_run:
        click.echo("This was a dry run. Nothing was imported.")
    elif outcome.added[Kind.PEOPLE]:
        click.echo("The portal is now inviting the new people by email.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@BY
def export(file: Path, by: str) -> None:
    """Export everything that `portal import` can read to FILE, a new ZIP of CSV files.

    The file contains license keys and email addresses. Restrict access to it.
    """
    if file.exists():
        raise click.ClickException(f"{file} already exists. Choose another file name.")

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
