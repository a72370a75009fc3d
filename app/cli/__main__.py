"""The command line: every command that a domain declares, below `portal`."""

import logging
import sys
from typing import NoReturn

import asyncpg
import rich_click as click
import structlog

from app import domains
from app.cli.listening import PortError
from app.cli.server_processes import ServerFailed
from app.cli.waiting import CannotConnect
from app.database import NOT_NOW
from app.database.connecting import WrongAddress
from app.database.embedded import EmbeddedServerError
from app.database.migrate import DatabaseTooOld, ServerTooOld
from app.secret.services import WrongSecret
from app.settings import SettingsError
from app.shipped import shipped_version
from app.web.logs import configure_logs

# What the server says to an address that is wrong, as opposed to `NOT_NOW`.
WRONG_ADDRESS = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    WrongAddress,
)
# Their standard error is a log.
LOGGED = (["serve"], ["worker"])
# Their messages say what to do.
ENDS = (
    *(SettingsError, PortError, ServerFailed, CannotConnect),
    *(WrongSecret, EmbeddedServerError, ServerTooOld, DatabaseTooOld),
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
    """Run the command line; what cannot work ends it with one line."""
    try:
        portal()
    except ENDS as error:
        _end(str(error))
    except WRONG_ADDRESS as error:
        _end(
            f"Cannot connect to the database: {error}. Check PORTAL_DATABASE_URL and"
            " PORTAL_MIGRATE_URL, and that the server is running."
        )
    except NOT_NOW as error:
        _end(f"The database cannot do this now: {error}. Try again later.")


def _end(message: str) -> NoReturn:
    """End with 1 and one line: for a person at a terminal, or in the log of a server."""
    if sys.argv[1:2] in LOGGED and not sys.stderr.isatty():
        configure_logs(logging.INFO)
        structlog.get_logger().error("portal-ended", error=message)
    else:
        click.echo(message, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
