"""The command line: every command that a domain declares, below `portal`."""

import sys

import asyncpg
import rich_click as click

from app import domains
from app.cli.listening import PortError
from app.cli.runtime import ServerFailed
from app.cli.waiting import CannotConnect
from app.database import NOT_NOW
from app.database.connecting import WrongAddress
from app.database.embedded import EmbeddedServerError
from app.database.migrate import DatabaseTooOld, ServerTooOld
from app.settings import SettingsError
from app.shipped import shipped_version

# What the server says to an address that is wrong, as opposed to `NOT_NOW`.
WRONG_ADDRESS = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    WrongAddress,
)
# Their messages say what to do.
ENDS = (
    *(SettingsError, PortError, ServerFailed, CannotConnect),
    *(EmbeddedServerError, ServerTooOld, DatabaseTooOld),
)


@click.group()
@click.version_option(shipped_version(), prog_name="portal", message="%(prog)s %(version)s")
def portal() -> None:
    """The License Portal.

    Settings come from environment variables (see docs/operations.md). Exit codes: 0 is done, 1 is
    an error (the last lines say what to do), 2 is wrong usage (see --help).
    """


for command in domains.commands():
    portal.add_command(command)


def main() -> None:
    """Run the command line; settings that cannot work end it with one line."""
    try:
        portal()
    except ENDS as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except WRONG_ADDRESS as error:
        click.echo(
            f"Cannot connect to the database: {error}. Check PORTAL_DATABASE_URL and"
            " PORTAL_MIGRATE_URL, and that the server is running.",
            err=True,
        )
        sys.exit(1)
    except NOT_NOW as error:
        click.echo(f"The database cannot do this now: {error}. Try again later.", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
