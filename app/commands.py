"""The command line: `portal demo`, `portal serve` and the vendor's tools."""

import logging
import shutil
import socket
import sys

import asyncpg
import rich_click as click

from app.activation.commands import keys
from app.activation.demo_services import prepare_demo_keys
from app.audit.commands import audit
from app.backup.commands import backup, restore
from app.bill_of_materials import bill_of_materials
from app.database import DatabaseBusy
from app.database.embedded import EmbeddedServer, EmbeddedServerError
from app.database.migrate import DatabaseTooOld, ServerTooOld
from app.demo.world import make_world
from app.doctor import findings as doctor_findings
from app.imports.commands import export, import_file
from app.listening import PortError
from app.runtime import run_with_database, serve, with_demo_secrets, work_until_stopped
from app.settings import Settings, SettingsError, read_settings
from app.staff.commands import staff
from app.web.logs import configure_logs
from app.withdrawal.commands import erasures

# What the driver raises where there is no such server, database, role or password.
UNREACHABLE = (
    DatabaseBusy,
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


@click.group()
def portal() -> None:
    """The License Portal.

    Settings come from environment variables; docs/operations.md names them. Exit code 0 means done,
    1 that something is wrong and what to do about it is on the last lines, 2 that the command was
    not written as --help says.
    """


@portal.command()
def demo() -> None:
    """Start the portal with the demo world; Ctrl-C stops everything."""
    settings = with_demo_secrets(read_settings(demo=True))

    async def prepare() -> None:
        await prepare_demo_keys(settings)
        await make_world(settings)

    serve(settings, prepare)


@portal.command("demo-reset")
def demo_reset() -> None:
    """Delete the demo's data; the next `portal demo` starts over."""
    data_dir = read_settings(demo=True).data_dir
    EmbeddedServer(data_dir).discard()
    for name in ("mail", "storage", "trust"):
        shutil.rmtree(data_dir / name, ignore_errors=True)
    click.echo(f"The demo's data in {data_dir} is deleted.")


@portal.command("serve")
def serve_portal() -> None:
    """Start the portal with the settings of the environment."""
    settings = read_settings()

    async def nothing() -> None:
        return None

    serve(settings, nothing)


@portal.command()
def worker() -> None:
    """Do the background tasks, apart from the server, until SIGTERM or Ctrl-C."""
    settings = read_settings()
    configure_logs(logging.INFO)
    run_with_database(settings, lambda: work_until_stopped(settings))


@portal.command("migrate")
def migrate_database() -> None:
    """Bring the database to the tables of this version."""

    async def nothing() -> None:
        return None

    run_with_database(read_settings(), nothing)
    click.echo("The database is up to date.")


@portal.command()
def doctor() -> None:
    """Check that the portal is set up safely; exit code 1 where it is not."""
    settings: Settings = read_settings()
    findings = run_with_database(settings, lambda: doctor_findings(settings))
    for finding in findings:
        click.echo(finding)
    if any(finding.fails for finding in findings):
        sys.exit(1)
    if not findings:
        click.echo("Everything is as it should be.")


portal.add_command(audit)
portal.add_command(backup)
portal.add_command(bill_of_materials)
portal.add_command(erasures)
portal.add_command(export)
portal.add_command(import_file)
portal.add_command(keys)
portal.add_command(restore)
portal.add_command(staff)


def main() -> None:
    """Run the command line; settings that cannot work end it with one line."""
    try:
        portal()
    except (SettingsError, PortError, EmbeddedServerError, ServerTooOld, DatabaseTooOld) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except UNREACHABLE as error:
        click.echo(
            f"The database cannot be reached: {error}. Check PORTAL_DATABASE_URL and"
            " PORTAL_MIGRATE_URL, and that the server runs.",
            err=True,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
