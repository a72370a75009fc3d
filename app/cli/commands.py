"""The commands of the whole portal: its server, its worker, its database, its checks."""

import logging
import sys

import rich_click as click

from app.activation.checks import Finding
from app.cli.doctor import findings as doctor_findings
from app.cli.doctor import setting_findings
from app.cli.runtime import run_with_database, serve, work_until_stopped
from app.cli.waiting import CannotConnect
from app.settings import Settings, read_settings
from app.web.logs import configure_logs


@click.command("serve")
def serve_portal() -> None:
    """Start the portal with the settings from the environment."""
    settings = read_settings()

    async def nothing() -> None:
        return None

    serve(settings, nothing)


@click.command()
def worker() -> None:
    """Run the background tasks in a process of their own, until SIGTERM or Ctrl-C."""
    settings = read_settings()
    configure_logs(logging.INFO)
    run_with_database(settings, lambda: work_until_stopped(settings), patient=True)


@click.command("migrate")
@click.option("--new", is_flag=True, help="Make an embedded database in the data folder if needed.")
def migrate_database(new: bool) -> None:
    """Update the database to this version."""

    async def nothing() -> None:
        return None

    run_with_database(read_settings(), nothing, make=new)
    click.echo("The database is up to date.")


@click.command()
def doctor() -> None:
    """Check that the portal is set up safely. Exit code 1 if not."""
    settings: Settings = read_settings()
    try:
        findings = run_with_database(settings, lambda: doctor_findings(settings), as_it_is=True)
    except CannotConnect as error:
        findings = [*setting_findings(settings), Finding(str(error), True)]
    for finding in findings:
        click.echo(finding)
    if any(finding.fails for finding in findings):
        sys.exit(1)
    if not findings:
        click.echo("No problems found.")
